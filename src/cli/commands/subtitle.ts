import { extname } from 'node:path';
import { z } from 'zod';
import { stemOf } from '../../export/file-name.js';
import { modelOptionsSchema } from '../../options/config.js';
import { glossaryOptionsSchema } from '../../options/glossary.js';
import { dryRunOptionsSchema, jobOptionsSchema } from '../../options/general.js';
import { outputOptionsSchema } from '../../options/output.js';
import { optionsError } from '../../options/parse.js';
import {
  pipelineOptionsSchema,
  subtitleCommandSchema,
  translationWorkSchema,
} from '../../options/pipeline.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { transcribeOptionsSchema, type ParsedTranscribeOptions } from '../../options/transcribe.js';
import type { NewJob } from '../../pipeline/job.js';
import type { Command, CommandContext } from '../command.js';
import { createEvents } from '../event-stream.js';
import { exitStatusOf, Interruption } from '../exit-codes.js';
import type { FlagValues } from '../flags.js';
import { downloadsOf } from '../downloads.js';
import { cacheDirOf, modelsDirOf, startLog } from '../library.js';
import { packageVersion } from '../package-version.js';
import { reportOf } from '../report-error.js';
import { heardStages, translationStages } from '../stage-options.js';
import { filmNamesEngine } from '../film-names-engine.js';

const { outputDir, overwrite, subtitles } = outputOptionsSchema.shape;
const schemas = {
  subtitle: subtitleCommandSchema,
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  transcribe: transcribeOptionsSchema,
  translate: translationWorkSchema,
  glossary: glossaryOptionsSchema,
  output: z.strictObject({ outputDir, overwrite, subtitles }),
  pipeline: pipelineOptionsSchema,
  job: jobOptionsSchema,
  dry: dryRunOptionsSchema,
};
type Values = FlagValues<typeof schemas>;

/** `cpw-native subtitle <media..>` */
export const subtitleCommand: Command<typeof schemas> = {
  name: 'subtitle',
  words: '<media..>',
  summary:
    'Gives films subtitles: writes down what is spoken, translates it, and adds a track for each ' +
    'language. Each file is a job that can be resumed.',
  examples: [
    ['subtitle film.mp4', 'subtitles in the spoken language'],
    [
      'subtitle film.mkv --source en --targets es,hi --translate-model nllb-200-distilled-600M',
      'and in two others',
    ],
    ['subtitle film.mp4 --resume', 'go on where an earlier run stopped'],
    ['subtitle film.mp4 --dry-run', 'what would be done with each stage'],
  ],
  schemas,
  count: [1, Infinity],
  tellsWarnings: true,
  run,
};

async function run(
  media: readonly string[],
  values: Values,
  context: CommandContext,
): Promise<number> {
  const { general, reporter, configuration } = context;
  const startedAt = performance.now();
  const events = createEvents(general.json ? (line) => reporter.result(line) : undefined);
  events.emit({ type: 'start', version: packageVersion(), files: [...media] });
  const end = (status: number, failed: number): number => {
    const elapsedS = (performance.now() - startedAt) / 1000;
    events.emit({ type: 'done', status, files: media.length, failed, elapsedS });
    return status;
  };
  try {
    for (const message of configuration.warnings) {
      if (general.json) events.emit({ type: 'warning', message });
      else reporter.warn(message);
    }
    const { status, failed } = await runAll(media, values, { ...context, events });
    return end(status, failed);
  } catch (error) {
    const { code, stage, message } = reportOf(error);
    const known = error instanceof Interruption ? null : code;
    events.emit({ type: 'error', code: known, stage, message });
    end(exitStatusOf(error), media.length);
    throw error;
  }
}

async function runAll(
  media: readonly string[],
  values: Values,
  context: CommandContext & { readonly events: ReturnType<typeof createEvents> },
): Promise<{ readonly status: number; readonly failed: number }> {
  const options = stageOptions(values, context);
  const [{ Pipeline }, { runMedia }] = await Promise.all([
    import('../../pipeline/pipeline.js'),
    import('../run-jobs.js'),
  ]);
  await startLog(context.general);
  const { context: load } = downloadsOf(values.recognizer, context);
  const engines = await filmNamesEngine(
    { recognizer: values.recognizer, tmdb: values.translate.tmdb },
    context,
  );
  const pipeline = new Pipeline({ jobsDir: values.pipeline.jobsDir, load, engines });
  const work = {
    ...context,
    ...values.output,
    dryRun: values.dry.dryRun,
    several: media.length > 1,
    results: ['subtitles', 'muxed'],
    resultNames: (file: string) => resultNames(file, values),
  };
  const job = (file: string): NewJob => ({ workflow: 'subtitle', input: file, options });
  try {
    return await runMedia(media, work, { pipeline, job, options: values.pipeline });
  } finally {
    context.reporter.done();
    await pipeline.close();
  }
}

export function stageOptions(
  values: Values,
  { general }: CommandContext,
): NonNullable<NewJob['options']> {
  const { subtitle, model, transcribe, translate, glossary, output } = values;
  const { targets, translateModel } = subtitle;
  if (targets.length > 0 && translateModel === undefined) {
    const message = 'is missing; name the translation model, or leave out --targets';
    throw optionsError([{ option: '--translate-model', message }], 'subtitle');
  }
  const recognizer = {
    ...values.recognizer,
    modelsDir: modelsDirOf(values.recognizer),
    cacheDir: cacheDirOf(values.recognizer),
    download: general.offline ? ('never' as const) : values.recognizer.download,
  };
  const language = languageOf(subtitle.source, transcribe);
  return {
    ...heardStages({
      model: model.model,
      recognizer,
      transcribe: { ...transcribe, language, wordTimestamps: true },
      glossary,
    }),
    ...translationStages({ model: translateModel, targets, recognizer, translate, glossary }),
    subtitle_generation: { formats: subtitle.subtitleFormats, rules: output.subtitles },
    export: { rules: output.subtitles },
    mux: { muxer: { ...subtitle.mux, ffmpeg: transcribe.ffmpeg } },
  };
}

/** The files that will be written, where nothing has to be heard to know them. */
function resultNames(file: string, { subtitle, transcribe }: Values): readonly string[] {
  const stem = stemOf(file);
  const { source, targets, subtitleFormats, mux } = subtitle;
  const spoken = languageOf(source, transcribe);
  const languages = spoken === 'auto' ? targets : [spoken, ...targets];
  const own = extname(file).slice(1).toLowerCase();
  const container = mux.container === 'auto' ? own : mux.container;
  return [
    ...languages.flatMap((language) => subtitleFormats.map((one) => `${stem}.${language}.${one}`)),
    `${stem}.subtitled.${container}`,
  ];
}

/** `--source`, under the name that all commands share. */
function languageOf(source: string, { language }: ParsedTranscribeOptions): string {
  if (source === 'auto' || language === 'auto' || source === language) {
    return source === 'auto' ? language : source;
  }
  const message = `${source} and --language ${language} are two languages; give one`;
  throw optionsError([{ option: '--source', message }], 'subtitle');
}
