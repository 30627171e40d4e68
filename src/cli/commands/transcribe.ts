import { jobRunSchemas } from '../../options/job-runs.js';
import { dryRunOptionsSchema, jobOptionsSchema } from '../../options/general.js';
import { modelOptionsSchema, recognizerOptionsSchema } from '../../options/recognizer.js';
import { flagOf } from '../../options/describe.js';
import { optionsError } from '../../options/parse.js';
import { outputOptionsSchema } from '../../options/output.js';
import { transcribeJobSchema } from '../../options/pipeline.js';
import { transcribeOptionsSchema } from '../../options/transcribe.js';
import type { Command, CommandContext } from '../command.js';
import { createEvents } from '../event-stream.js';
import { exitStatusOf, Interruption } from '../exit-codes.js';
import { packageVersion } from '../package-version.js';
import { reportOf } from '../report-error.js';
import type { TranscribeValues } from '../transcribe-files.js';

const schemas = {
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  transcribe: transcribeOptionsSchema,
  output: outputOptionsSchema,
  pipeline: transcribeJobSchema,
  ...jobRunSchemas,
  job: jobOptionsSchema,
  dry: dryRunOptionsSchema,
};

/** `cpw-native transcribe <media..>` */
export const transcribeCommand: Command<typeof schemas> = {
  name: 'transcribe',
  words: '<media..>',
  summary:
    'Writes down what is spoken in audio and video files: WAV, FLAC, MP3 and Ogg Vorbis by ' +
    'itself, all else by ffmpeg. - is standard input; names that begin with a dash come after --.',
  examples: [
    ['transcribe talk.wav', 'the text on standard output'],
    ['transcribe -- -odd.wav', 'a name that begins with a dash'],
    ['transcribe *.mp3 --format srt,vtt', 'subtitles; the model is loaded once'],
    ['transcribe a.flac --engine whisper --language de', 'German, by whisper.cpp'],
    ['transcribe a.flac --format all --output-dir out', 'out/a.txt, .srt and the rest'],
    ['transcribe a.wav --no-vad', 'all of the audio, silence too'],
    ['transcribe film.mkv --audio-track de --start 1:30', 'the German track from 1:30 on'],
    ['transcribe call.wav --channels split --format vtt', 'a speaker on each channel'],
    ['transcribe talk.mp3 --clips 0-30,1:05-1:30', 'two parts of it'],
    ['transcribe film.mkv --format srt --as-job', 'a job, which --resume goes on with'],
    ['transcribe *.mp3 --dry-run', 'what would be done'],
  ],
  notes:
    'Options are taken from flags, --job, CPW_ variables (CPW_MODEL, CPW_VAD_THRESHOLD …), the ' +
    'configuration file, and defaults, the first that has them; cpw-native config show tells.\n' +
    'Exit status: 0 ok, 1 failed, 2 wrong usage or input, 3 model, memory or device missing, ' +
    '4 an external tool failed, 130 interrupted, 143 ended by SIGTERM; of several files the worst.',
  schemas,
  count: [1, Infinity],
  tellsWarnings: true,
  run,
};

async function run(
  media: readonly string[],
  values: TranscribeValues,
  context: CommandContext,
): Promise<number> {
  const { general, reporter, configuration } = context;
  if (asJobs(values)) {
    return (await import('../transcribe-jobs.js')).transcribeJobs(media, values, context);
  }
  refuseJobOptions(context);
  const startedAt = performance.now();
  const events = createEvents(general.json ? (line) => reporter.result(line) : undefined);
  const failures = new Map<string, unknown>();
  const work = { ...context, values, events, failures, several: media.length > 1 };
  events.emit({ type: 'start', version: packageVersion(), files: [...media] });
  const end = (status: number): number => {
    const elapsedS = (performance.now() - startedAt) / 1000;
    const counts = { files: media.length, failed: failures.size };
    events.emit({ type: 'done', status, ...counts, elapsedS });
    return status;
  };
  try {
    // Loaded here: help and wrong options need none of it.
    const { transcribeFiles, warn } = await import('../transcribe-files.js');
    for (const message of configuration.warnings) warn(work, message);
    if (!values.dry.dryRun) return end(await transcribeFiles(media, work));
    return end(await (await import('../dry-run.js')).dryRun(media, work));
  } catch (error) {
    const { code, stage, message } = reportOf(error);
    events.emit({
      type: 'error',
      code: error instanceof Interruption ? null : code,
      stage,
      message,
    });
    end(exitStatusOf(error));
    throw error;
  }
}

/** True where `transcribe` is to make jobs: it was said, or something was asked that only a job has. */
function asJobs({ pipeline }: TranscribeValues): boolean {
  const { asJob, resume, from, to, only, force } = pipeline;
  return asJob || resume || force || only.length > 0 || from !== undefined || to !== undefined;
}

const { log: _, ...jobsAlone } = jobRunSchemas;
const ofJobs = Object.values(jobsAlone).flatMap((schema) => Object.keys(schema.shape));

/** What only jobs have would be taken for done. In a file or a variable it is there for other commands. */
function refuseJobOptions({ configuration }: CommandContext): void {
  const given = [...configuration.origins].flatMap(([path, { kind }]) =>
    kind === 'flag' && ofJobs.includes(path.split('.')[0] ?? '') ? [path] : [],
  );
  if (given.length === 0) return;
  throw optionsError(
    given.map((path) => ({
      option: `--${flagOf(path.split('.'))}`,
      message: 'is for jobs; give --as-job as well, or leave it out',
    })),
    'transcribe',
  );
}
