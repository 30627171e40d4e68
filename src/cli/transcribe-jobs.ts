import { readFile } from 'node:fs/promises';
import { stemOf } from '../export/file-name.js';
import { isSubtitleFormat } from '../options/output.js';
import { optionsError } from '../options/parse.js';
import { tmdbOptionsSchema } from '../options/tmdb.js';
import type { NewJob } from '../pipeline/job.js';
import type { JobResult } from '../pipeline/run-job.js';
import type { CommandContext } from './command.js';
import { modelOptionsOf } from './library.js';
import { runMediaJobs, type MediaJobs } from './media-jobs.js';
import { runWithEvents } from './run-events.js';
import { heardStages } from './stage-options.js';
import type { TranscribeValues } from './transcribe-files.js';

/** Transcribes each file as a job of the pipeline, and resolves to the exit status. */
export function transcribeJobs(
  media: readonly string[],
  values: TranscribeValues,
  context: CommandContext,
): Promise<number> {
  if (media.includes('-')) {
    const message = 'standard input cannot be a job, which reads its file again; name a file';
    throw optionsError([{ option: '-', message }], 'transcribe');
  }
  const { model, recognizer, transcribe, pipeline } = values;
  const jobs: MediaJobs = {
    workflow: 'transcribe',
    options: stageOptions(values, context),
    models: { recognizer: model.model, vad: transcribe.vad !== false },
    recognizer,
    tmdb: tmdbOptionsSchema.parse({}),
    pipeline,
    settings: values,
    work: workOf(values, context),
  };
  return runWithEvents(media, context, (running) => runMediaJobs(media, jobs, running));
}

function workOf(
  { output: { format: formats, outputDir, overwrite }, dry: { dryRun } }: TranscribeValues,
  { general, reporter }: CommandContext,
): MediaJobs['work'] {
  const print = async ({ files }: JobResult): Promise<void> => {
    const [text] = files('transcripts').filter(({ name }) => name.endsWith('.txt'));
    if (text !== undefined) reporter.result(await readFile(text.path, 'utf8'));
  };
  return {
    outputDir,
    overwrite,
    dryRun,
    results: ['transcripts'],
    resultNames: (file) => formats.map((format) => `${stemOf(file)}.${format}`),
    onlyNamed: true,
    ...(formats.length === 0 && !general.json ? { onResult: print } : {}),
  };
}

function stageOptions(
  { model: { model }, recognizer, transcribe, output }: TranscribeValues,
  { general }: CommandContext,
): NonNullable<NewJob['options']> {
  const { format: formats, subtitles: rules } = output;
  const wordTimestamps = transcribe.wordTimestamps || formats.some(isSubtitleFormat);
  const heard = { ...transcribe, wordTimestamps };
  return {
    ...heardStages({ model, recognizer: modelOptionsOf(recognizer, general), transcribe: heard }),
    // The text and the whole transcript are the job's record, whatever is asked for.
    export: { formats: [...new Set([...formats, 'txt', 'json'])], rules },
  };
}
