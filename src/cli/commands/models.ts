import { resolve } from 'node:path';
import { z } from 'zod';
import {
  installedModels,
  modelsRoot,
  resolveModel,
  resolveSpeechDetector,
  type InstalledModel,
} from '../../models/store.js';
import { registry, type ModelSource, type RegistryEntry } from '../../models/registry.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { columns, size } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { modelsDirOf } from '../library.js';

const { modelsDir, engine } = recognizerOptionsSchema.shape;
const listSchemas = {
  store: z.strictObject({ modelsDir }),
  list: z.strictObject({
    available: z
      .boolean()
      .default(false)
      .describe('List what can be fetched by name. false: what is installed'),
  }),
};
const pathSchemas = { store: z.strictObject({ modelsDir, engine }) };

/** `cpw-native models list` */
export const modelsListCommand: Command<typeof listSchemas> = {
  name: 'models list',
  words: '',
  summary: 'Lists the installed models and their forms, or those that can be fetched.',
  examples: [
    ['models list', 'name, form, size and path of each'],
    ['models list --available', 'all names, what each is for, its published forms and sizes'],
  ],
  schemas: listSchemas,
  count: [0, 0],
  run: async (_words, { store, list }, { general, reporter }) => {
    const root = resolve(modelsDirOf(store) ?? modelsRoot());
    const models = await installedModels(root);
    if (list.available) {
      const rows = registry.map((entry) => availableOf(entry, models));
      if (general.json) reporter.result(`${JSON.stringify({ root, available: rows })}\n`);
      else reporter.result(columns(rows.map(availableRow)));
    } else if (general.json) reporter.result(`${JSON.stringify({ root, models })}\n`);
    else if (models.length === 0) {
      reporter.note(`no model is installed in ${shownInput(root)}; models pull base fetches one`);
    } else reporter.result(columns(models.flatMap(rowsOf)));
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

interface Available {
  readonly name: string;
  readonly role: RegistryEntry['role'];
  readonly licence: string;
  readonly installed: readonly string[];
  readonly forms: readonly {
    readonly format: string;
    readonly repository: string;
    readonly revision: string;
    /** Null where only the hub knows. */
    readonly bytes: number | null;
    /** True where this project knows the hash of every file; else the hub's is taken. */
    readonly hashesKnown: boolean;
  }[];
}

function availableOf(entry: RegistryEntry, models: readonly InstalledModel[]): Available {
  const { name, role, licence, sources } = entry;
  const installed = models.find((one) => one.name === name)?.formats ?? [];
  const forms = Object.entries(sources).map(([format, { repository, revision, files }]) => ({
    format,
    repository,
    revision,
    bytes: bytesOf(files),
    hashesKnown: files?.every(({ sha256 }) => sha256 !== undefined) ?? false,
  }));
  return { name, role, licence, installed: installed.map(({ format }) => format), forms };
}

function bytesOf(files: ModelSource['files']): number | null {
  const sizes = files?.map(({ bytes }) => bytes ?? Number.NaN) ?? [Number.NaN];
  const sum = sizes.reduce((total, bytes) => total + bytes, 0);
  return Number.isNaN(sum) ? null : sum;
}

function availableRow({ name, role, licence, installed, forms }: Available): string[] {
  const shown = forms.map(({ format, bytes, hashesKnown }) => {
    const known = hashesKnown ? '' : ', hashes by the hub';
    return `${format} (${bytes === null ? 'size unknown' : size(bytes)}${known})`;
  });
  const state = installed.length === 0 ? '-' : `installed: ${installed.join(', ')}`;
  return [name, role, licence, shown.join(', '), state];
}
