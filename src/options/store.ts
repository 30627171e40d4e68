import { z } from 'zod';

const overwriteSchema = z.boolean().default(false).meta({ group: 'Models' });

/** What `models pull` accepts beside the names. */
export const pullOptionsSchema = z.strictObject({
  format: z
    .enum(['auto', 'ctranslate2', 'ctranslate2-int8', 'ggml'])
    .default('auto')
    .describe(
      'Form to bring. auto: what transcribe takes on the cpu (ctranslate2, and ctranslate2-int8 ' +
        'made from it; ggml for the speech detector); ctranslate2-int8 is made, not fetched; ' +
        'ggml is for the whisper engine',
    )
    .meta({ group: 'Models' }),
  overwrite: overwriteSchema.describe('Bring what is installed again. false: leave it'),
});

/** What `models import` accepts beside the path. */
export const importOptionsSchema = z.strictObject({
  name: z
    .string()
    .min(1, 'is empty; give a name or leave it out')
    .optional()
    .describe("The model's name in the store. Unset: that of the file or folder")
    .meta({ group: 'Models' }),
  overwrite: overwriteSchema.describe('Replace an installed model of the same name and form'),
});

/** What `models verify` and `models remove` accept beside a name. */
export const formOptionsSchema = z.strictObject({
  format: z
    .enum(['all', 'ctranslate2', 'ctranslate2-int8', 'ggml'])
    .default('all')
    .describe('Which form of the model is meant. all: every one that is installed')
    .meta({ group: 'Models' }),
});
