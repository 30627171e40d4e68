import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../errors.js';
import { segmentSchema, transcriptSchema } from '../export/transcript-schema.js';

// The lines of --json of the commands over files. Every schema says what its event means: the
// documentation and `config schema --for events` are made of it.

const time = z.iso.datetime().describe('When it happened, ISO 8601 in UTC');
const file = z.string().describe('The input as it was named; - is standard input');
const seconds = z.number().min(0);
const elapsedS = seconds.describe('Seconds since the work on the file began');
const code = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);
const failure = {
  code: code.nullable().describe('CPW_…; null for an interruption'),
  stage: z.string().nullable().describe('Where it failed, null where no stage is to blame'),
  message: z.string().describe('What failed, on what, and the next step'),
};
const modelState = z.strictObject({
  name: z.string(),
  state: z.enum(['present', 'fetchable', 'refused']),
  path: z.string().optional(),
  from: z.string().optional(),
  code: code.optional(),
  message: z.string().optional(),
});

const start = z
  .strictObject({
    type: z.literal('start'),
    time,
    version: z.string().describe("This package's version"),
    files: z.array(z.string()).describe('All inputs, in the order of the work'),
  })
  .describe(
    'The first line. Where it is missing, options were wrong and only standard error says so',
  );

const model = z
  .strictObject({
    type: z.literal('model'),
    time,
    model: z.string().describe('As it was asked for'),
    path: z.string().describe('What was loaded'),
    engine: z.enum(['whisper', 'ctranslate2']),
    device: z.enum(['cpu', 'cuda', 'metal']),
    computeType: z.string(),
    reason: z.string().describe('Why this engine, form and device'),
  })
  .describe('The model is loaded');

const download = z
  .strictObject({
    type: z.literal('download'),
    time,
    state: z.enum(['fetching', 'progress', 'retry', 'waiting', 'making', 'installed']),
    model: z.string(),
    format: z.string().optional(),
    from: z.string().optional(),
    receivedBytes: z.number().optional(),
    totalBytes: z.number().optional(),
    attempt: z.number().optional(),
    attempts: z.number().optional(),
    delayMs: z.number().optional(),
    reason: z.string().optional(),
    holder: z.string().optional(),
    fraction: z.number().optional(),
    path: z.string().optional(),
    bytes: z.number().optional(),
    unverified: z.array(z.string()).optional(),
  })
  .describe('A missing model is fetched, or made of another form');

const progress = z
  .strictObject({
    type: z.literal('progress'),
    time,
    file,
    fraction: z.number().min(0).max(1).describe('How much of the file is done'),
    elapsedS,
    speed: z.exactOptional(seconds).describe('Seconds of audio done in a second'),
    etaS: z.exactOptional(seconds).describe('Seconds that are left, by what was done so far'),
  })
  .describe('At most once a second');

const segment = z
  .strictObject({ type: z.literal('segment'), time, file, ...segmentSchema.shape })
  .describe('A segment is final. start and end are seconds from the beginning of the file');

const warning = z
  .strictObject({
    type: z.literal('warning'),
    time,
    file: z.exactOptional(file),
    message: z.string(),
  })
  .describe('Something that has no effect, or that may surprise');

const result = z
  .strictObject({
    type: z.literal('result'),
    time,
    file,
    elapsedS,
    written: z
      .array(z.string())
      .describe('The files that were written, in the order of the formats'),
    ...transcriptSchema.shape,
  })
  .describe('The whole transcript of a file, as --format json writes it');

const translation = z
  .strictObject({
    type: z.literal('translation'),
    time,
    file,
    language: z.string().describe('The language it was translated into'),
    written: z.array(z.string()).describe('The files that were written'),
    texts: z.int().min(0).describe('How many lines or sentences it has'),
    problems: z
      .array(
        z.strictObject({
          text: z.int().min(1),
          start: z.exactOptional(seconds),
          problem: z.string(),
        }),
      )
      .describe('Which of them, counted from 1, could not be translated, when it is said, and why'),
    glossary: z
      .exactOptional(
        z.strictObject({
          found: z.int().min(0),
          applied: z.int().min(0),
          missing: z.array(
            z.strictObject({ term: z.string(), text: z.int().min(1), reason: z.string() }),
          ),
        }),
      )
      .describe('How often its terms stand in the texts, and how often in the translations'),
    elapsedS,
  })
  .describe('A text file, subtitles or a transcript is translated into a language (translate)');

const error = z
  .strictObject({ type: z.literal('error'), time, file: z.exactOptional(file), ...failure })
  .describe(
    'A file failed, or without file: the run. Standard error has the same as {code, stage, message}',
  );

const plan = z
  .strictObject({
    type: z.literal('plan'),
    time,
    files: z.array(
      z.strictObject({
        file,
        durationS: z.exactOptional(seconds),
        outputs: z.array(z.string()),
        refused: z.exactOptional(z.array(z.strictObject(failure))),
      }),
    ),
    models: z.array(modelState),
    recognizer: z.exactOptional(
      z.strictObject({
        engine: z.string(),
        device: z.string(),
        computeType: z.string(),
        threads: z.number(),
        replicas: z.number(),
        reason: z.string(),
      }),
    ),
  })
  .describe('With --dry-run, in the place of all others between start and done');

const done = z
  .strictObject({
    type: z.literal('done'),
    time,
    status: z.int().describe('The exit status'),
    files: z.int().describe('How many there were'),
    failed: z.int().describe('How many of them failed'),
    elapsedS: seconds.describe('Seconds since start'),
  })
  .describe('The last line, unless the process was killed');

const stageState = z.enum([
  'waiting',
  'running',
  'completed',
  'kept',
  'skipped',
  'failed',
  'interrupted',
]);

const job = z
  .strictObject({
    type: z.literal('job'),
    time,
    file,
    job: z.string().describe('Its id, for cpw-native jobs'),
    folder: z.string(),
    state: z.enum(['begun', 'resumed', 'completed']),
    written: z.exactOptional(z.array(z.string())).describe('The results, when it is completed'),
  })
  .describe('A file is run through the stages of a pipeline (translate, subtitle, jobs resume)');

const stage = z
  .strictObject({
    type: z.literal('stage'),
    time,
    file,
    stage: z.string(),
    state: stageState.describe('kept: an earlier run finished it, and it is still valid'),
    reason: z.exactOptional(z.string()),
    resources: z.exactOptional(
      z.strictObject({
        wallS: seconds,
        waitedS: seconds.describe('Of these, waiting for the stages before it'),
        cpuS: seconds.describe("The process's, and so that of stages beside it too"),
        peakRssMb: z.number().min(0),
      }),
    ),
    items: z.exactOptional(z.int().min(0)).describe('Segments and other items that it has written'),
  })
  .describe('A stage of a job has come to another state');

const stageProgress = z
  .strictObject({
    type: z.literal('stage-progress'),
    time,
    file,
    stage: z.string(),
    fraction: z.exactOptional(z.number().min(0).max(1)),
    audioS: z.exactOptional(seconds).describe('Seconds of audio that are done'),
    items: z.int().min(0).describe('Segments and other items that it has written'),
    queued: z.int().min(0).describe('Items that are there for it and that it has not read'),
  })
  .describe('At most once a second for each stage');

const stageRetry = z
  .strictObject({
    type: z.literal('stage-retry'),
    time,
    file,
    stage: z.string(),
    attempt: z.int().min(1).describe('The one that failed, counted from 1'),
    attempts: z.int().min(1),
    delayMs: z.number().min(0).describe('Until the next one'),
    reason: z.string(),
  })
  .describe('An attempt at a stage failed for a passing reason and is followed by another');

const stagePlan = z
  .strictObject({
    type: z.literal('stage-plan'),
    time,
    file,
    stages: z.array(
      z.strictObject({
        stage: z.string(),
        action: z.enum(['run', 'keep', 'skip', 'check', 'leave']),
        reason: z.string(),
      }),
    ),
  })
  .describe(
    'With --dry-run: what would be done with each stage. check: it runs if its input changes',
  );

/** One line of `--json`. */
export const eventSchema = z.discriminatedUnion('type', [
  start,
  model,
  download,
  progress,
  segment,
  warning,
  result,
  translation,
  error,
  plan,
  job,
  stage,
  stageProgress,
  stageRetry,
  stagePlan,
  done,
]);

/** One line of `--json` of transcribe, translate, subtitle and jobs. */
export type CliEvent = z.output<typeof eventSchema>;
