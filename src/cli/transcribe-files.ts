import type { Recognizer } from '../engines/recognizer.js';
import { planOutputs, type PlannedOutput } from '../export/plan-outputs.js';
import { rounded } from '../export/transcript-schema.js';
import { cuesOfTranscript, writeTranscript } from '../export/write-transcript.js';
import type { configSchemas } from '../options/config.js';
import { isSubtitleFormat, type ParsedOutputOptions } from '../options/output.js';
import type { PipelineLogger } from '../pipeline/pipeline-events.js';
import type { dryRunOptionsSchema, jobOptionsSchema } from '../options/general.js';
import type { jobRunSchemas } from '../options/job-runs.js';
import type { transcribeJobSchema } from '../options/pipeline.js';
import { spokenText } from '../subtitles/voice.js';
import type { Segment, Transcript } from '../types.js';
import { brokenRules } from './broken-rules.js';
import type { CommandContext } from './command.js';
import type { EventStream } from './event-stream.js';
import { exitStatusOf, worstStatus } from './exit-codes.js';
import type { FlagValues } from './flags.js';
import { downloadsOf } from './downloads.js';
import { closeInput, missingInput, openInput, shownInput } from './input.js';
import { cacheDirOf, modelsDirOf, recognizerClass } from './library.js';
import { withLog } from './log.js';
import { refusedFolder } from './output-folder.js';
import { paceOf } from './pace.js';
import { formatError, reportOf } from './report-error.js';

/** The options of `transcribe`, parsed. */
export type TranscribeValues = FlagValues<
  Pick<typeof configSchemas, 'model' | 'recognizer' | 'transcribe' | 'output'> &
    typeof jobRunSchemas & {
      pipeline: typeof transcribeJobSchema;
      job: typeof jobOptionsSchema;
      dry: typeof dryRunOptionsSchema;
    }
>;

/** One run of `transcribe`. */
export interface TranscribeWork extends CommandContext {
  readonly values: TranscribeValues;
  readonly events: EventStream;
  readonly several: boolean;
  /** What each input failed with. */
  readonly failures: Map<string, unknown>;
  readonly logger?: PipelineLogger | undefined;
}

/** Milliseconds between two progress events of a file. */
const progressEveryMs = 1000;

/** Transcribes all inputs with one model and resolves to the exit status. */
export async function transcribeFiles(
  media: readonly string[],
  work: TranscribeWork,
): Promise<number> {
  const { format: formats, outputDir, overwrite } = work.values.output;
  const plan = await planOutputs(media, { formats, outputDir, overwrite });
  const nowhere = formats.length === 0 ? undefined : await refusedFolder(outputDir);
  if (nowhere !== undefined) throw nowhere;
  const ready: PlannedOutput[] = [];
  for (const item of plan) {
    const missing = await missingInput(item.input);
    if (missing === undefined) ready.push(item);
    else recordFailure(item.input, missing, work);
  }
  if (ready.length > 0) {
    await withLog(work, work.values.log, (logger) => transcribeAll(ready, { ...work, logger }));
  }
  return summarise(media, work);
}

/** Something that has no effect, or that may surprise; of one input where `file` is given. */
export function warn(
  { events, general, reporter }: TranscribeWork,
  message: string,
  file?: string,
): void {
  const of = file === undefined ? {} : { file };
  if (general.json) events.emit({ type: 'warning', ...of, message });
  else reporter.warn(file === undefined ? message : `${shownInput(file)}: ${message}`);
}

async function transcribeAll(plan: readonly PlannedOutput[], work: TranscribeWork): Promise<void> {
  const recognizer = await load(work);
  try {
    for (const item of plan) {
      try {
        await transcribeOne(recognizer, item, work);
      } catch (error) {
        work.reporter.done();
        if (work.signal.aborted) throw work.signal.reason;
        recordFailure(item.input, error, work);
      } finally {
        closeInput(item.input);
      }
    }
  } finally {
    recognizer.close();
  }
}

async function load(work: TranscribeWork): Promise<Recognizer> {
  const { values, reporter, events, signal } = work;
  const Recognizer = await recognizerClass();
  const { model } = values.model;
  const modelsDir = modelsDirOf(values.recognizer);
  const cacheDir = cacheDirOf(values.recognizer);
  const { download, context } = downloadsOf(values.recognizer, work);
  const options = { ...values.recognizer, modelsDir, cacheDir, download };
  reporter.progress(`loading model ${shownInput(model)}`, undefined);
  try {
    const recognizer = await Recognizer.load(model, options, { ...context, signal });
    const { path, engine, device, computeType, reason } = recognizer.info;
    reporter.note(`model ${model}: ${engine} on ${device}, ${computeType} (${reason})`);
    events.emit({ type: 'model', model, path, engine, device, computeType, reason });
    return recognizer;
  } finally {
    reporter.done();
  }
}

async function transcribeOne(
  recognizer: Recognizer,
  { input, stem }: PlannedOutput,
  work: TranscribeWork,
): Promise<void> {
  const { values, reporter, events, signal } = work;
  const { format: formats, ...output } = values.output;
  const startedAt = performance.now();
  const wordTimestamps = values.transcribe.wordTimestamps || formats.some(isSubtitleFormat);
  const options = { ...values.transcribe, wordTimestamps };
  const transcript = await recognizer.transcribe(openInput(input, signal), options, {
    signal,
    onNote: (text) => warn(work, text, input),
    ...watch(input, startedAt, work),
  });
  reporter.done();
  // After an abort no file may appear, even where the last segment came first.
  signal.throwIfAborted();
  const written = await writeTranscript(transcript, { stem, formats, ...output });
  const elapsedS = (performance.now() - startedAt) / 1000;
  const segments = transcript.segments.length;
  logEnd(input, { elapsedS, segments }, work);
  events.emit({ type: 'result', file: input, elapsedS, written, ...rounded(transcript) });
  if (transcript.segments.length === 0) warn(work, 'no speech was found', input);
  reporter.note(`${shownInput(input)}: ${summaryOf(transcript, elapsedS)}`);
  const leftOut = removedNote(transcript);
  if (leftOut !== undefined) reporter.note(`${shownInput(input)}: ${leftOut}`);
  const broken = rulesNote(transcript, values.output);
  if (broken !== undefined) reporter.note(`${shownInput(input)}: ${broken}`);
  for (const path of written) reporter.note(`wrote ${shownInput(path)}`);
}

function logEnd(
  file: string,
  { elapsedS, segments }: { readonly elapsedS: number; readonly segments: number },
  { logger }: TranscribeWork,
): void {
  const duration_seconds = Math.round(elapsedS * 1000) / 1000;
  const fields = { file, duration_seconds, segments_count: segments, stage: 'asr' };
  logger?.info(fields, 'Processing complete');
}

interface Watch {
  readonly onProgress: (fraction: number) => void;
  readonly onSegment: (segment: Segment) => void;
}

/** Tells of a file's progress and segments as they come. */
function watch(input: string, startedAt: number, work: TranscribeWork): Watch {
  const { values, general, reporter, events } = work;
  const asText = values.output.format.length === 0 && !general.json;
  const label = shownInput(input);
  let audioS = 0;
  let lastAt = startedAt;
  reporter.progress(label, 0, { audioS });
  return {
    onProgress: (fraction) => {
      reporter.progress(label, fraction, { audioS });
      const now = performance.now();
      if (now - lastAt < progressEveryMs) return;
      lastAt = now;
      const pace = paceOf({ elapsedS: (now - startedAt) / 1000, fraction, audioS });
      events.emit({ type: 'progress', file: input, fraction, ...pace });
    },
    onSegment: (segment) => {
      audioS = readUntil(segment.end, values.transcribe);
      events.emit({ type: 'segment', file: input, ...inMilliseconds(segment) });
      if (asText) reporter.result(`${spokenText(segment)}\n`);
    },
  };
}

/** Seconds of audio that are done once the recording is done up to a moment. */
function readUntil(at: number, { start, clips }: TranscribeValues['transcribe']): number {
  if (clips === undefined) return at - start;
  return clips
    .filter((clip) => clip.start < at)
    .reduce((sum, clip) => sum + Math.min(clip.end ?? at, at) - clip.start, 0);
}

function inMilliseconds(segment: Segment): Segment {
  const whole = { language: '', languageProbability: 0, duration: 0, segments: [segment] };
  return rounded(whole).segments[0] ?? segment;
}

function summaryOf({ duration, clips, language }: Transcript, seconds: number): string {
  const read = clips?.reduce((sum, { start, end }) => sum + end - start, 0) ?? duration;
  const speed = read / Math.max(seconds, 0.001);
  return `${read.toFixed(1)} s of audio in ${seconds.toFixed(1)} s (${speed.toFixed(1)} x real time), language ${language}`;
}

/** How much was taken for invented; undefined where nothing was. */
function removedNote({ removed = [] }: Transcript): string | undefined {
  if (removed.length === 0) return undefined;
  const what = removed.length === 1 ? '1 text was' : `${removed.length} texts were`;
  return `${what} left out, since nobody seems to have said it; --format json keeps them`;
}

/** Which rules of subtitles could not be kept; undefined where all were or none are written. */
function rulesNote(transcript: Transcript, output: ParsedOutputOptions): string | undefined {
  const format = output.format.find(isSubtitleFormat);
  if (format === undefined) return undefined;
  return brokenRules(cuesOfTranscript(transcript, format, output.subtitles), output.subtitles);
}

function recordFailure(file: string, error: unknown, work: TranscribeWork): void {
  const { general, reporter, events, several, failures } = work;
  failures.set(file, error);
  const { code, stage, message } = reportOf(error);
  events.emit({ type: 'error', file, code, stage, message });
  reporter.error(formatError(error, { ...general, ...(several ? { file } : {}) }));
}

function summarise(
  media: readonly string[],
  { reporter, several, failures }: TranscribeWork,
): number {
  const failed = media.filter((file) => failures.has(file));
  if (several && failed.length > 0) {
    const names = failed.map(shownInput).join(', ');
    reporter.note(`${failed.length} of ${media.length} files failed: ${names}`);
  }
  return worstStatus(failed.map((file) => exitStatusOf(failures.get(file))));
}
