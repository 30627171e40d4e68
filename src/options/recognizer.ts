import { z } from 'zod';
import { downloadSchema } from './download.js';

/** Which model a recogniser loads: `Recognizer.load`'s first argument and `--model`. */
export const modelSchema = z
  .string()
  .min(1, 'is empty; name a model, e.g. base')
  .default('base')
  .describe(
    'A name (tiny.en, base, …; fetched where it is not installed), a ggml file, a CTranslate2 ' +
      'folder or a folder of safetensors; `cpw-native models list --available` shows the names',
  );

/** The model alone, which is `Recognizer.load`'s first argument and no option of it. */
export const modelOptionsSchema = z.strictObject({ model: modelSchema.meta({ group: 'Model' }) });

/** The names of both engines' number formats; which ones fit is the loaded model's to say. */
const computeTypes = [
  'auto',
  'int8',
  'int8_float32',
  'int8_float16',
  'int8_bfloat16',
  'int16',
  'float16',
  'bfloat16',
  'float32',
  'f32',
  'f16',
  'q8_0',
  'q5_0',
  'q5_1',
  'q4_0',
  'q4_1',
] as const;

/** There is one CPU. */
export function noIndexOnCpu({
  value,
  issues,
}: z.core.ParsePayload<{ readonly device: string; readonly deviceIndex: number }>): void {
  const { device, deviceIndex } = value;
  if (device !== 'cpu' || deviceIndex === 0) return;
  issues.push({
    code: 'custom',
    input: deviceIndex,
    path: ['deviceIndex'],
    message: `${deviceIndex} has no effect on the cpu; leave it out or choose another device`,
  });
}

/** What `Recognizer.load` accepts beside the model. */
export const recognizerOptionsSchema = z
  .strictObject({
    engine: z
      .enum(['auto', 'whisper', 'ctranslate2'])
      .default('auto')
      .describe(
        "Engine. auto: the one the model's files fit; where both fit, ctranslate2 on cpu and " +
          'cuda, whisper (whisper.cpp) on metal',
      )
      .meta({ group: 'Model' }),
    device: z
      .enum(['auto', 'cpu', 'cuda', 'metal', 'mps'])
      .default('auto')
      .transform((device) => (device === 'mps' ? 'metal' : device))
      .describe(
        'Where to compute. auto: cuda, then metal, then cpu, by what really loads; ' +
          'mps is another name of metal, which only the whisper engine knows',
      )
      .meta({ group: 'Model' }),
    deviceIndex: z
      .int32()
      .min(0)
      .default(0)
      .describe('Which device of its kind, counted from 0')
      .meta({ group: 'Model' }),
    computeType: z
      .enum(computeTypes)
      .default('auto')
      .describe(
        'Number format. auto: int8 on cpu and float16 on cuda for ctranslate2, what the file ' +
          'holds for whisper, which refuses any other',
      )
      .meta({ group: 'Model' }),
    threads: z
      .union([z.literal('auto'), z.int32().min(1).max(1024)])
      .default('auto')
      .describe(
        'CPU threads of all replicas together. auto: the cores this process may use; ' +
          'more than that is far slower, not faster',
      )
      .meta({ group: 'Model' }),
    replicas: z
      .union([z.literal('auto'), z.int32().min(1).max(1024)])
      .default('auto')
      .describe(
        'Windows worked on at the same time, each with its share of the threads. ' +
          'auto: one for each thread with ctranslate2 on cpu, else 1',
      )
      .meta({ group: 'Model' }),
    batchSize: z
      .union([z.literal('auto'), z.int32().min(1).max(128)])
      .default('auto')
      .describe(
        'Windows that a replica decodes together, with ctranslate2 only. auto: 8 on a GPU; on a ' +
          'cpu up to 4 and 60 s of audio, since more gains little there and each keeps its memory. ' +
          'Where memory does not suffice, batches become smaller, and the log says so',
      )
      .meta({ group: 'Model' }),
    modelsDir: z
      .string()
      .min(1, 'is empty; give a folder or leave it out')
      .optional()
      .describe("Folder of the installed models. Unset: cpw-native/models in the user's cache")
      .meta({ group: 'Model' }),
    cacheDir: z
      .string()
      .min(1, 'is empty; give a folder or leave it out')
      .optional()
      .describe(
        'Folder of hardware_cache.json, which keeps what a trial of the GPUs found. ' +
          "Unset: cpw-native in the user's cache",
      )
      .meta({ group: 'Model' }),
    download: downloadSchema.meta({ group: 'Model' }),
  })
  .check(noIndexOnCpu);

/** Options of `Recognizer.load`, every one of them optional. */
export type RecognizerOptions = z.input<typeof recognizerOptionsSchema>;
/** {@link RecognizerOptions} with every default filled in. */
export type ParsedRecognizerOptions = z.output<typeof recognizerOptionsSchema>;
