import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CpwError } from '../errors.js';
import { glossaryLoadOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/**
 * Takes the tables of terms and names into the job, so that a run which goes on later finds them as
 * they were. A table that was edited since makes the stages run again that use it.
 */
export const glossaryLoad = defineStage({
  id: 'glossary_load',
  version: 1,
  inputs: {},
  uses: { names: artefacts.names },
  outputs: { glossary: artefacts.glossary },
  options: glossaryLoadOptionsSchema,
  parameters: async ({ glossary: terms, names }) => ({
    tables: await Promise.all([...terms, ...names].map(async (path) => digest(await read(path)))),
    terms: terms.map((path) => basename(path)),
    names: names.map((path) => basename(path)),
  }),
  condition: ({ options, inputs }) =>
    options.glossary.length + options.names.length === 0 && inputs.names === undefined
      ? 'no glossary was given'
      : undefined,
  run: async ({ options, inputs, outputs }) => {
    const tables = [
      ...options.glossary.map((path) => ({ path, kind: 'terms' })),
      ...options.names.map((path) => ({ path, kind: 'names' })),
      ...((await inputs.names?.list()) ?? []).map(({ path }) => ({ path, kind: 'names' })),
    ];
    for (const [index, { path, kind }] of tables.entries()) {
      // A table's language may stand in its name, and two tables may have the same.
      await outputs.glossary.write(`${index + 1}-${basename(path)}`, await read(path), { kind });
    }
  },
});

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const message = `The glossary ${JSON.stringify(path)} cannot be read. Next step: check the path.`;
    throw new CpwError('CPW_FILE_NOT_FOUND', message, { cause, details: { path } });
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
