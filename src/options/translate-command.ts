import { z } from 'zod';
import { checkClip } from './media.js';
import { outputOptionsSchema, transcriptFormats } from './output.js';
import { pipelineOptionsSchema } from './pipeline.js';
import { modelSchema } from './recognizer.js';
import { transcribeOptionsSchema } from './transcribe.js';
import { eachOnce } from './translate.js';
import { translationModelSchema } from './translator.js';

const group = 'Translation';
const { outputDir, overwrite, subtitles } = outputOptionsSchema.shape;

/** What `cpw-native translate` takes beside the options that it shares with other commands. */
export const translateCommandSchema = z.strictObject({
  source: z
    .string()
    .min(1, 'is empty; give a language, e.g. en')
    .default('auto')
    .describe(
      "Language of the inputs: ISO 639 (en, hi, zh-Hant) or the model's own (eng_Latn). auto: what " +
        'a transcript says, what is heard in media; text files and subtitles do not tell theirs',
    )
    .meta({ group }),
  to: z
    .array(z.string().min(1, 'is empty; give a language, e.g. es'))
    .min(1, 'names no language; give one, e.g. es')
    .transform(eachOnce)
    .describe('Languages to translate into, separated by commas: a file for each')
    .meta({ group }),
  model: translationModelSchema.meta({ group }),
  transcribeModel: modelSchema
    .describe('Model that hears what is spoken in media: as --model of transcribe')
    .meta({ group: 'Model' }),
  format: z
    .array(z.enum(transcriptFormats))
    .default([])
    .transform((asked) => transcriptFormats.filter((format) => asked.includes(format)))
    .describe(
      'Files to write, separated by commas: <stem>.<language>.<format>. Unset: the form of the ' +
        'input; srt of media',
    )
    .meta({ group: 'Output' }),
  outputDir,
  overwrite,
  subtitles,
});

/** The options of `cpw-native translate` itself, parsed. */
export type TranslateCommandOptions = z.output<typeof translateCommandSchema>;

const { language: _, task: __, wordTimestamps: ___, ...heard } = transcribeOptionsSchema.shape;

/** How media are heard: the language is --source, and words are always timed. */
export const translateHearingSchema = z.strictObject(heard).check(checkClip);

/** Which stages of a job run. --to names languages here: --only and `jobs resume` end before the last. */
export const translateJobsSchema = pipelineOptionsSchema.omit({ to: true });
