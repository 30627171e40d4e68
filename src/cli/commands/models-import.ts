import { resolve } from 'node:path';
import { z } from 'zod';
import { importModel } from '../../models/import-model.js';
import { modelsRoot } from '../../models/layout.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { importOptionsSchema } from '../../options/store.js';
import { size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const schemas = {
  import: importOptionsSchema,
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
};

/** `cpw-native models import <path>` */
export const modelsImportCommand: Command<typeof schemas> = {
  name: 'models import',
  words: '<path>',
  summary:
    'Copies a model of your own into the store: a ggml file or a CTranslate2 folder, whose ' +
    'contents decide what it is.',
  examples: [
    ['models import ./ggml-small.bin', 'called small from now on'],
    ['models import ./faster-whisper-base --name base', 'on a machine without a network'],
  ],
  schemas,
  count: [1, 1],
  run: async ([path = ''], { import: options, store }, { general, reporter, signal }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const model = await importModel(path, { root, ...options, signal });
    if (general.json) reporter.result(`${JSON.stringify(model)}\n`);
    else {
      const place = `${model.format} (${size(model.bytes)}) in ${shownInput(model.path)}`;
      reporter.note(`imported ${shownInput(path)} as ${model.name}, ${place}`);
    }
    return exitStatus.ok;
  },
};
