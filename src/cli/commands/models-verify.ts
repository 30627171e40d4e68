import { resolve } from 'node:path';
import { z } from 'zod';
import { findInstalled } from '../../models/find-name.js';
import { installedModels, modelsRoot } from '../../models/layout.js';
import { verifyModel, type FormReport } from '../../models/verify-model.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { formOptionsSchema } from '../../options/store.js';
import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const schemas = {
  form: formOptionsSchema,
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
};

/** `cpw-native models verify [name]` */
export const modelsVerifyCommand: Command<typeof schemas> = {
  name: 'models verify',
  words: '[name]',
  summary: 'Reads installed models again and compares them with the hashes of their installation.',
  examples: [
    ['models verify', 'all of them'],
    ['models verify base', 'one of them; says how to mend it'],
  ],
  notes: 'Exit status: 0 when nothing is damaged, 3 when something is.',
  schemas,
  count: [0, 1],
  run: async ([name], { form, store }, { general, reporter, signal }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const models =
      name === undefined ? await installedModels(root) : [await findInstalled(root, name)];
    const formats = form.format === 'all' ? undefined : [form.format];
    const reports: FormReport[] = [];
    try {
      for (const model of models) {
        const onProgress = (fraction: number): void =>
          reporter.progress(`reading ${model.name}`, fraction);
        reports.push(...(await verifyModel(model, { root, formats, signal, onProgress })));
      }
    } finally {
      reporter.done();
    }
    if (general.json) {
      for (const report of reports) reporter.result(`${JSON.stringify(report)}\n`);
    } else if (reports.length === 0) {
      reporter.note(`nothing to verify is installed in ${shownInput(root)}`);
    } else reporter.result(textOf(reports));
    return reports.some(({ state }) => state === 'damaged') ? exitStatus.missing : exitStatus.ok;
  },
};

function textOf(reports: readonly FormReport[]): string {
  const rows = columns(reports.map(({ name, format, state }) => [name, format, state]));
  const details = reports
    .filter(({ state }) => state !== 'ok')
    .map(({ name, format, path, problems, mend }) => {
      const what = `${name} (${format}) in ${shownInput(path)}: ${problems.join('; ')}`;
      return mend === undefined ? `${what}\n` : `${what}\n  to mend it: ${mend}\n`;
    });
  return [rows, ...details].join('');
}
