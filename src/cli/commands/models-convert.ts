import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { conversionTargets, convertModel } from '../../models/convert/convert-model.js';
import { installedFormats, isModelName, modelsRoot } from '../../models/layout.js';
import { canonicalName } from '../../models/registry.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const schemas = {
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
  convert: z.strictObject({
    to: z.enum(conversionTargets).describe('Form to make; always needed'),
    output: z
      .string()
      .min(1, 'is empty; name a file or a folder')
      .describe('File (ggml) or folder (ctranslate2) to write; always needed'),
    overwrite: z
      .boolean()
      .default(false)
      .describe('Replace an output that exists. false: refuse to'),
  }),
};

/** `cpw-native models convert <input>` */
export const modelsConvertCommand: Command<typeof schemas> = {
  name: 'models convert',
  words: '<input>',
  summary: 'Makes another form of a model, without Python and in bounded memory.',
  examples: [
    ['models convert ./whisper-base --to ctranslate2-int8 --output base-int8', 'of safetensors'],
    ['models convert ./whisper-base --to ggml-q8_0 --output base-q8_0.bin', 'for whisper.cpp'],
    ['models convert base --to ggml-q8_0 --output base-q8_0.bin', 'of an installed model'],
    ['models convert base.bin --to ggml-q5_0 --output base-q5_0.bin', 'a third of the size'],
  ],
  notes: [
    'Inputs, and what they can become:',
    '  the name of an installed model                          as its float16 folder or ggml file',
    '  a folder of the hub (openai/whisper-*: model.safetensors or its index, config.json,',
    '    generation_config.json, tokenizer.json)    every ctranslate2 and ggml form of Whisper',
    '  a CTranslate2 Whisper folder with float weights                                  the same',
    '  a Whisper ggml file in f16 or f32          ggml-q8_0, -q5_1, -q5_0, -q4_1, -q4_0',
    "  Silero's safetensors                                                          ggml-silero",
    'ctranslate2 is float16. q8_0 and int8 are half its size, q5_0 a third. Nothing is written but',
    'the whole output: a failed or interrupted conversion leaves nothing behind.',
  ].join('\n'),
  schemas,
  count: [1, 1],
  run: async ([input = ''], { store, convert }, { general, reporter, signal }) => {
    const label = shownInput(input);
    const onProgress = (fraction: number): void => reporter.progress(label, fraction);
    try {
      const source = await sourceOf(input, modelsDirOf(store));
      const result = await convertModel({ input: source, ...convert }, { signal, onProgress });
      reporter.done();
      const { output, bytes } = result;
      if (general.json) reporter.result(`${JSON.stringify(result)}\n`);
      else reporter.note(`wrote ${shownInput(output)} (${size(bytes)})`);
    } finally {
      reporter.done();
    }
    return exitStatus.ok;
  },
};

/** A file or folder as it is named; else the form with float weights of the model of that name. */
async function sourceOf(input: string, modelsDir: string | undefined): Promise<string> {
  if (existsSync(input) || !isModelName(input)) return input;
  const forms = await installedFormats(resolve(modelsDir ?? modelsRoot()), canonicalName(input));
  const whole = forms.find(({ format }) => format === 'ctranslate2') ?? forms.at(-1);
  return whole?.path ?? input;
}
