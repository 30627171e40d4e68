import { z } from 'zod';
import { muxOptionsSchema } from './mux.js';
import { subtitleFormats } from './output.js';
import { sentenceOptionsSchema } from './sentences.js';
import { tmdbOptionsSchema } from './tmdb.js';
import { eachOnce, translationSearchSchema } from './translate.js';
import { translatorOptionsSchema } from './translator.js';

/** Where jobs are. */
export const jobsDirSchema = z
  .string()
  .min(1, 'is empty; name a folder or leave it out')
  .default('out')
  .describe('Folder of the jobs: <folder>/YYYY/MM/DD/<user>/<n>/')
  .meta({ group: 'Jobs' });

const stageName = z.string().min(1, 'is empty; name a stage or leave it out');

/** Which stages of a job run. */
export const selectionOptionsSchema = z.strictObject({
  from: stageName
    .optional()
    .describe('First stage to run; those before it must be finished. Unset: the first')
    .meta({ group: 'Jobs' }),
  to: stageName.optional().describe('Last stage to run. Unset: the last').meta({ group: 'Jobs' }),
  only: z
    .array(stageName)
    .default([])
    .describe('Stages to run, separated by commas. Unset: all')
    .meta({ group: 'Jobs' }),
  force: z
    .boolean()
    .default(false)
    .describe('Do again what is finished and valid. false: only what has changed runs')
    .meta({ group: 'Jobs' }),
});

/** What commands accept that run media through a pipeline. */
export const pipelineOptionsSchema = z.strictObject({
  jobsDir: jobsDirSchema,
  resume: z
    .boolean()
    .default(false)
    .describe(
      'Go on with the newest job of the same file and command. false: begin a job of its own',
    )
    .meta({ group: 'Jobs' }),
  ...selectionOptionsSchema.shape,
});

/** What `transcribe` accepts, which runs without a job unless it is told to. */
export const transcribeJobSchema = z.strictObject({
  asJob: z
    .boolean()
    .default(false)
    .describe(
      'Run each file as a job of the pipeline, which can be resumed and leaves a record and a ' +
        'report. false: no job, unless resume, from, to, only or force is given',
    )
    .meta({ group: 'Jobs' }),
  ...pipelineOptionsSchema.shape,
});

/** What `subtitle` accepts beside the options of the stages. */
export const subtitleCommandSchema = z.strictObject({
  source: z
    .string()
    .regex(/^(auto|[a-z]{2,3})$/u, 'is not a language code; give one, e.g. en, or auto')
    .default('auto')
    .describe('Spoken language. auto: decided on the first 30 s of speech')
    .meta({ group: 'Subtitles' }),
  targets: z
    .array(z.string().min(2))
    .max(5)
    .transform(eachOnce)
    .default([])
    .describe('Languages to translate into, five at most. Unset: the spoken language alone')
    .meta({ group: 'Subtitles' }),
  translateModel: z
    .string()
    .min(1, 'is empty; name a model or leave it out')
    .optional()
    .describe('Translation model: a name or a folder, as for translate. Needed with --targets')
    .meta({ group: 'Subtitles' }),
  subtitleFormats: z
    .array(z.enum(subtitleFormats))
    .min(1, 'names no form; give one, e.g. srt')
    .default(['srt'])
    .describe('Forms of the subtitle files, separated by commas; the first one is muxed')
    .meta({ group: 'Subtitles' }),
  mux: muxOptionsSchema
    .pick({ container: true, defaultTrack: true, dropIncompatible: true })
    .prefault({}),
});

/** What commands accept that translate speech, beside the languages. */
export const translationWorkSchema = z.strictObject({
  translation: translationSearchSchema.prefault({}),
  translateComputeType: translatorOptionsSchema.shape.computeType
    .describe('Number format of the translation model. auto: int8_float32 on cpu, float16 on cuda')
    .meta({ group: 'Translation' }),
  sentences: sentenceOptionsSchema.prefault({}),
  tmdb: tmdbOptionsSchema.prefault({}),
});
