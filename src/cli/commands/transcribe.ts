import { modelOptionsSchema } from '../../options/config.js';
import { jobOptionsSchema } from '../../options/general.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { outputOptionsSchema } from '../../options/output.js';
import { transcribeOptionsSchema } from '../../options/transcribe.js';
import { planOutputs, type PlannedOutput } from '../../export/plan-outputs.js';
import { writeTranscript } from '../../export/write-transcript.js';
import type { Recognizer } from '../../engines/recognizer.js';
import type { Transcript } from '../../types.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatusOf } from '../exit-codes.js';
import type { FlagValues } from '../flags.js';
import { closeInput, missingInput, openInput, shownInput } from '../input.js';
import { modelsDirOf, recognizerClass, startLog } from '../library.js';
import { formatError } from '../report-error.js';

const schemas = {
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  transcribe: transcribeOptionsSchema,
  output: outputOptionsSchema,
  job: jobOptionsSchema,
};

type Values = FlagValues<typeof schemas>;

/** `cpw-native transcribe <media..>` */
export const transcribeCommand: Command<typeof schemas> = {
  name: 'transcribe',
  words: '<media..>',
  summary:
    'Writes down what is spoken in audio files (WAV, FLAC, MP3, Ogg). ' +
    '- is standard input; names that begin with a dash come after --.',
  examples: [
    ['transcribe talk.wav', 'the text on standard output'],
    ['transcribe -- -odd.wav', 'a name that begins with a dash'],
    ['transcribe *.mp3 --format srt,vtt', 'subtitles; the model is loaded once'],
    ['transcribe a.flac --engine whisper --language de', 'German, by whisper.cpp'],
    ['transcribe a.flac --format all --output-dir out', 'out/a.txt, .srt, .vtt and .json'],
    ['transcribe a.wav --no-vad', 'all of the audio, silence too'],
  ],
  notes:
    'CPW_MODELS_DIR names the folder of the models where --models-dir does not.\n' +
    'Exit status: 0 ok, 1 failed, 2 wrong usage or input, 3 model, memory or device missing, ' +
    '130 interrupted.',
  schemas,
  count: [1, Infinity],
  run: transcribeFiles,
};

interface Work extends CommandContext {
  readonly values: Values;
  readonly several: boolean;
  /** What each input failed with. */
  readonly failures: Map<string, unknown>;
}

async function transcribeFiles(
  media: readonly string[],
  values: Values,
  context: CommandContext,
): Promise<number> {
  const plan = await planOutputs(media, {
    formats: values.output.format,
    outputDir: values.output.outputDir,
    overwrite: values.output.overwrite,
  });
  const work: Work = { ...context, values, several: media.length > 1, failures: new Map() };
  const ready: PlannedOutput[] = [];
  for (const item of plan) {
    const missing = await missingInput(item.input);
    if (missing === undefined) ready.push(item);
    else recordFailure(item.input, missing, work);
  }
  if (ready.length > 0) await transcribeAll(ready, work);
  return summarise(media, work);
}

async function transcribeAll(plan: readonly PlannedOutput[], work: Work): Promise<void> {
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

async function load({ values, general, reporter, signal }: Work): Promise<Recognizer> {
  const Recognizer = await recognizerClass();
  await startLog(general);
  const { model } = values.model;
  const modelsDir = modelsDirOf(values.recognizer);
  const options = { ...values.recognizer, modelsDir };
  const recognizer = await Recognizer.load(model, options, { signal });
  const { engine, device, computeType, reason } = recognizer.info;
  reporter.note(`model ${model}: ${engine} on ${device}, ${computeType} (${reason})`);
  return recognizer;
}

async function transcribeOne(
  recognizer: Recognizer,
  { input, stem }: PlannedOutput,
  work: Work,
): Promise<void> {
  const { values, general, reporter, signal } = work;
  const { format: formats, outputDir, overwrite } = values.output;
  const asText = formats.length === 0 && !general.json;
  const label = shownInput(input);
  const startedAt = performance.now();
  reporter.progress(label, 0);
  const transcript = await recognizer.transcribe(openInput(input, signal), values.transcribe, {
    signal,
    onProgress: (fraction) => reporter.progress(label, fraction),
    onSegment: ({ text }) => {
      if (asText) reporter.result(`${text.trim()}\n`);
    },
  });
  reporter.done();
  // After an abort no file may appear, even where the last segment came first.
  signal.throwIfAborted();
  const paths = await writeTranscript(transcript, { stem, formats, outputDir, overwrite });
  if (general.json) reporter.result(`${JSON.stringify(jsonResult(input, transcript, paths))}\n`);
  const seconds = (performance.now() - startedAt) / 1000;
  reporter.note(`${label}: ${summaryOf(transcript, seconds)}`);
  for (const path of paths) reporter.note(`wrote ${shownInput(path)}`);
}

function jsonResult(file: string, transcript: Transcript, written: readonly string[]): object {
  return written.length > 0 ? { file, written } : { file, ...transcript };
}

function summaryOf({ duration, language }: Transcript, seconds: number): string {
  const speed = duration / Math.max(seconds, 0.001);
  return `${duration.toFixed(1)} s of audio in ${seconds.toFixed(1)} s (${speed.toFixed(1)} x real time), language ${language}`;
}

function recordFailure(file: string, error: unknown, work: Work): void {
  const { general, reporter, several, failures } = work;
  failures.set(file, error);
  reporter.error(formatError(error, { ...general, ...(several ? { file } : {}) }));
}

/** The status of the first failure in the order in which the files were named. */
function summarise(media: readonly string[], { reporter, several, failures }: Work): number {
  const failed = media.filter((file) => failures.has(file));
  const [first] = failed;
  if (first === undefined) return 0;
  if (several) {
    const names = failed.map(shownInput).join(', ');
    reporter.note(`${failed.length} of ${media.length} files failed: ${names}`);
  }
  return exitStatusOf(failures.get(first));
}
