import { z } from 'zod';
import { outputOptionsSchema } from './output.js';
import { translationModelSchema } from './translator.js';

const group = 'Translation';
const { outputDir, overwrite } = outputOptionsSchema.shape;

/** The forms in which `translate` writes. */
export const translationFormats = ['txt', 'srt', 'vtt', 'json'] as const;
/** One of {@link translationFormats}; also the file name's extension. */
export type TranslationFormat = (typeof translationFormats)[number];

/** What `cpw-native translate` takes beside the model's options and the search's. */
export const translateCommandSchema = z.strictObject({
  source: z
    .string()
    .min(1, 'is empty; give a language, e.g. en')
    .describe("Language of the texts: ISO 639 (en, hi, zh-Hant) or the model's own (eng_Latn)")
    .meta({ group }),
  to: z
    .array(z.string().min(1, 'is empty; give a language, e.g. es'))
    .min(1, 'names no language; give one, e.g. es')
    .describe('Languages to translate into, separated by commas: a file for each')
    .meta({ group }),
  model: translationModelSchema.meta({ group }),
  format: z
    .array(z.enum(translationFormats))
    .default([])
    .describe(
      'Files to write, separated by commas: <stem>.<language>.<format>. Unset: the form of the input',
    )
    .meta({ group: 'Output' }),
  outputDir,
  overwrite,
});

/** The options of `cpw-native translate` itself, parsed. */
export type TranslateCommandOptions = z.output<typeof translateCommandSchema>;
