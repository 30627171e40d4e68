import { resolve } from 'node:path';
import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { findInstalled } from '../../models/find-name.js';
import { modelsRoot } from '../../models/layout.js';
import { removeModel } from '../../models/remove-model.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { formOptionsSchema } from '../../options/store.js';
import { size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const schemas = {
  form: formOptionsSchema,
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
};

/** `cpw-native models remove <name>` */
export const modelsRemoveCommand: Command<typeof schemas> = {
  name: 'models remove',
  words: '<name>',
  summary: 'Deletes an installed model by its exact name, without asking.',
  examples: [
    ['models remove base', 'all of its forms'],
    ['models remove base --format ggml', 'one of them'],
  ],
  schemas,
  count: [1, 1],
  run: async ([name = ''], { form, store }, { general, reporter, signal }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const model = await findInstalled(root, name);
    const formats = form.format === 'all' ? undefined : [form.format];
    const removed = await removeModel(model, { root, formats, signal });
    if (removed.length === 0) {
      const there = model.formats.map(({ format }) => format).join(', ');
      throw new CpwError(
        'CPW_MODEL_NOT_FOUND',
        `Model '${model.name}' is not installed as ${form.format}. Next step: --format ${there}.`,
        { details: { model: model.name, format: form.format } },
      );
    }
    for (const one of removed) {
      if (general.json) reporter.result(`${JSON.stringify(one)}\n`);
      else
        reporter.note(
          `removed ${one.name} (${one.format}, ${size(one.bytes)}) from ${shownInput(one.path)}`,
        );
    }
    return exitStatus.ok;
  },
};
