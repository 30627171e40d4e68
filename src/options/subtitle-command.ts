import { z } from 'zod';
import { muxOptionsSchema } from './mux.js';
import { subtitleFormats } from './output.js';
import { sentenceOptionsSchema } from './sentences.js';
import { tmdbOptionsSchema } from './tmdb.js';
import { eachOnce, translationSearchSchema } from './translate.js';
import { translatorOptionsSchema } from './translator.js';

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
