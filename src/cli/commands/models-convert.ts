import { z } from 'zod';
import { conversionTargets, convertModel } from '../../models/convert/convert-model.js';
import { size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';

const schemas = {
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
  summary:
    "Makes another form of a model: of a CTranslate2 Whisper folder ggml-f16 or ctranslate2-int8, of Silero's safetensors ggml-silero.",
  examples: [
    ['models convert base --to ggml-f16 --output base.bin', 'for whisper.cpp'],
    ['models convert base --to ctranslate2-int8 --output base-int8', 'half the size'],
  ],
  schemas,
  count: [1, 1],
  run: async ([input = ''], { convert }, { general, reporter, signal }) => {
    const label = shownInput(input);
    const onProgress = (fraction: number): void => reporter.progress(label, fraction);
    try {
      const result = await convertModel({ input, ...convert }, { signal, onProgress });
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
