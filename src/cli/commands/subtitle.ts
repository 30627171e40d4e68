import { extname } from 'node:path';
import { z } from 'zod';
import { requireLanguage } from '../../text/language.js';
import { stemOf } from '../../export/file-name.js';
import { glossaryOptionsSchema } from '../../options/glossary.js';
import { jobRunSchemas } from '../../options/job-runs.js';
import { dryRunOptionsSchema, jobOptionsSchema } from '../../options/general.js';
import { outputOptionsSchema } from '../../options/output.js';
import { optionsError } from '../../options/parse.js';
import { pipelineOptionsSchema } from '../../options/pipeline.js';
import { modelOptionsSchema, recognizerOptionsSchema } from '../../options/recognizer.js';
import { subtitleCommandSchema, translationWorkSchema } from '../../options/subtitle-command.js';
import { transcribeOptionsSchema, type ParsedTranscribeOptions } from '../../options/transcribe.js';
import type { NewJob } from '../../pipeline/job.js';
import type { Command, CommandContext } from '../command.js';
import type { FlagValues } from '../flags.js';
import { modelOptionsOf } from '../library.js';
import { runMediaJobs, type MediaJobs } from '../media-jobs.js';
import { runWithEvents } from '../run-events.js';
import { heardStages, translationStages } from '../stage-options.js';

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
  ...jobRunSchemas,
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

function run(media: readonly string[], values: Values, context: CommandContext): Promise<number> {
  return runWithEvents(media, context, (running) => {
    const jobs: MediaJobs = {
      workflow: 'subtitle',
      options: stageOptions(values, context),
      models: modelsOf(values),
      recognizer: values.recognizer,
      tmdb: values.translate.tmdb,
      pipeline: values.pipeline,
      settings: values,
      work: {
        ...values.output,
        dryRun: values.dry.dryRun,
        results: ['subtitles', 'muxed'],
        resultNames: (file) => resultNames(file, values),
      },
    };
    return runMediaJobs(media, jobs, running);
  });
}

function modelsOf({ model, subtitle, transcribe }: Values): MediaJobs['models'] {
  const translates = subtitle.targets.length > 0;
  return {
    recognizer: model.model,
    translator: translates ? subtitle.translateModel : undefined,
    vad: transcribe.vad !== false,
  };
}

export function stageOptions(
  values: Values,
  { general }: CommandContext,
): NonNullable<NewJob['options']> {
  const { subtitle, model, transcribe, translate, glossary, output } = values;
  const { targets, translateModel } = subtitle;
  if (targets.length > 0 && translateModel === undefined) {
    const message =
      'is missing; name the translation model, e.g. nllb-200-distilled-600M, or leave out --targets';
    throw optionsError([{ option: '--translate-model', message }], 'subtitle');
  }
  // Told before a film is heard.
  for (const target of targets) requireLanguage(target);
  const recognizer = modelOptionsOf(values.recognizer, general);
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
    // Subtitles have a stage of their own.
    export: { formats: ['txt', 'json'], rules: output.subtitles },
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
