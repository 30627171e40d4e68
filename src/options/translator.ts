import { z } from 'zod';
import { noIndexOnCpu, recognizerOptionsSchema, type RecognizerOptions } from './recognizer.js';

// The same schemas: what a configuration sets for one engine holds for the other.
const { threads, modelsDir, cacheDir, download, deviceIndex } = recognizerOptionsSchema.shape;
const group = 'Translation model';

/** Which model a translator loads: `Translator.load`'s first argument and `--model`. */
export const translationModelSchema = z
  .string()
  .min(1, 'is empty; name a model, e.g. nllb-200-distilled-600M')
  .default('demo')
  .describe(
    'A name (nllb-200-distilled-600M, …; fetched where it is not installed) or a CTranslate2 ' +
      'folder. demo comes with the package, for trying: it knows a small grammar of English, ' +
      'Spanish and Hindi, and nothing beyond it',
  );

/** What `Translator.load` accepts beside the model. */
export const translatorOptionsSchema = z
  .strictObject({
    device: z
      .enum(['auto', 'cpu', 'cuda'])
      .default('auto')
      .describe('Where to compute. auto: cuda, else cpu, by what really loads')
      .meta({ group }),
    deviceIndex,
    computeType: z
      .enum([
        'auto',
        'int8',
        'int8_float32',
        'int8_float16',
        'int8_bfloat16',
        'int16',
        'float16',
        'bfloat16',
        'float32',
      ])
      .default('auto')
      .describe('Number format. auto: int8_float32 on cpu, float16 on cuda')
      .meta({ group }),
    threads,
    replicas: z
      .union([z.literal('auto'), z.int32().min(1).max(1024)])
      .default('auto')
      .describe(
        'Batches worked on at the same time, each with its share of the threads. ' +
          'auto: one for each thread on cpu, else 1',
      )
      .meta({ group }),
    modelsDir,
    cacheDir,
    download,
  })
  .check(noIndexOnCpu);

/** Options of `Translator.load`, every one of them optional. */
export type TranslatorOptions = z.input<typeof translatorOptionsSchema>;
/** {@link TranslatorOptions} with every default filled in. */
export type ParsedTranslatorOptions = z.output<typeof translatorOptionsSchema>;

/** How a translation model is loaded beside a recogniser: as that is, where that can be. */
export function translatorOptionsOf(recognizer: RecognizerOptions): TranslatorOptions {
  const { threads, replicas, device, deviceIndex, modelsDir, cacheDir, download } = recognizer;
  // Metal is whisper.cpp's alone.
  const where = device === 'metal' || device === 'mps' ? {} : { device, deviceIndex };
  return { ...where, threads, replicas, modelsDir, cacheDir, download };
}
