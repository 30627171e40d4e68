import { resolve } from 'node:path';
import { z } from 'zod';
import { conversionTargets, convertModel } from '../../models/convert/convert-model.js';
import {
  modelsRoot,
  installedModels,
  resolveModel,
  resolveSpeechDetector,
  type InstalledModel,
} from '../../models/store.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { columns, size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const { modelsDir, engine } = recognizerOptionsSchema.shape;
const storeSchemas = { store: z.strictObject({ modelsDir }) };
const pathSchemas = { store: z.strictObject({ modelsDir, engine }) };
const convertSchemas = {
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

/** `cpw-native models list` */
export const modelsListCommand: Command<typeof storeSchemas> = {
  name: 'models list',
  words: '',
  summary: 'Lists the installed models and their forms.',
  examples: [['models list', 'name, form, size and path of each']],
  schemas: storeSchemas,
  count: [0, 0],
  run: async (_words, { store }, { general, reporter }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const models = await installedModels(root);
    if (general.json) reporter.result(`${JSON.stringify({ root, models })}\n`);
    else if (models.length === 0) reporter.note(`no model is installed in ${shownInput(root)}`);
    else reporter.result(columns(models.flatMap(rowsOf)));
    return exitStatus.ok;
  },
};

/** `cpw-native models path [name]` */
export const modelsPathCommand: Command<typeof pathSchemas> = {
  name: 'models path',
  words: '[name]',
  summary: 'Prints the path of a model as transcribe would take it on the cpu, or of their folder.',
  examples: [
    ['models path', 'the folder of the models'],
    ['models path base --engine whisper', 'its ggml file'],
  ],
  schemas: pathSchemas,
  count: [0, 1],
  complete: 'models',
  run: async ([name], { store }, { general, reporter }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const path = name === undefined ? root : await pathOf(name, { root, engine: store.engine });
    reporter.result(general.json ? `${JSON.stringify({ path })}\n` : `${path}\n`);
    return exitStatus.ok;
  },
};

/** `cpw-native models convert <input>` */
export const modelsConvertCommand: Command<typeof convertSchemas> = {
  name: 'models convert',
  words: '<input>',
  summary:
    "Makes another form of a model: of a CTranslate2 Whisper folder ggml-f16 or ctranslate2-int8, of Silero's safetensors ggml-silero.",
  examples: [
    ['models convert base --to ggml-f16 --output base.bin', 'for whisper.cpp'],
    ['models convert base --to ctranslate2-int8 --output base-int8', 'half the size'],
  ],
  schemas: convertSchemas,
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

async function pathOf(
  name: string,
  { root, engine }: { root: string; engine: 'auto' | 'whisper' | 'ctranslate2' },
): Promise<string> {
  if (name === 'silero-vad') return resolveSpeechDetector(root);
  const options = { root, engine, device: 'cpu', computeType: 'auto' } as const;
  return (await resolveModel(name, options)).path;
}

function rowsOf({ name, formats }: InstalledModel): string[][] {
  return formats.map(({ format, path, bytes }) => [name, format, size(bytes), shownInput(path)]);
}
