import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isCompanionFile } from './convert/whisper-source.js';
import { fileError } from './convert/file-error.js';
import { writeFolderWhole } from './convert/output.js';
import { modelPath, type ModelFormat } from './layout.js';
import { RECORD_FILE, writeRecord, type ModelRecord } from './model-record.js';
import { SPEECH_DETECTOR } from './registry.js';

/** A form that lies ready in a folder of its own. */
export interface ReadyForm {
  readonly root: string;
  readonly name: string;
  readonly format: ModelFormat;
  /** Holds the files of `record` by their names, and nothing that is missed. */
  readonly staging: string;
  readonly record: Pick<ModelRecord, 'origin' | 'files'>;
}

/** Where a form is put together: beside the models, where a rename does not copy. */
export function stagingFolder(root: string, name: string, format: ModelFormat): string {
  return join(root, '.partial', `${name}.${format}`);
}

/**
 * Gives a ready form its place in the store, with its record, and takes the staging folder away. A
 * form that lies there is replaced as a whole. Returns the form's path.
 */
export async function placeForm(form: ReadyForm): Promise<string> {
  const { root, name, format, staging, record } = form;
  const path = modelPath(root, name, format);
  const facts = { model: name, format, ...record };
  if (name === SPEECH_DETECTOR) await placeFile(path, { staging, facts });
  else await placeFolder(format === 'ggml' ? dirname(path) : path, { staging, facts });
  await rm(staging, { recursive: true, force: true });
  return path;
}

type Facts = Pick<ModelRecord, 'model' | 'format' | 'origin' | 'files'>;

async function placeFolder(
  folder: string,
  { staging, facts }: { staging: string; facts: Facts },
): Promise<void> {
  const names = facts.files.map(({ path }) => path);
  const replaceable = (name: string): boolean =>
    names.includes(name) ||
    name === RECORD_FILE ||
    name === 'model.bin' ||
    isCompanionFile(name) ||
    /^ggml-.*\.bin$/u.test(name) ||
    /\.(spm|model)$/u.test(name) ||
    /^(shared|source|target)_vocabulary\.(json|txt)$/u.test(name);
  await writeFolderWhole(folder, { overwrite: true, replaceable }, async (temporary) => {
    for (const file of names) await rename(join(staging, file), join(temporary, file));
    await writeRecord(temporary, facts);
  });
}

/** The detector's file shares its folder with whatever it was made from. */
async function placeFile(
  path: string,
  { staging, facts }: { staging: string; facts: Facts },
): Promise<void> {
  const folder = dirname(path);
  const aside = join(folder, `.${basename(path)}.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await rename(join(staging, basename(path)), aside);
    await writeRecord(folder, facts);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw fileError('write', path, error);
  }
}

/** The lock of everything that changes one model. */
export function lockPath(root: string, name: string): string {
  return join(root, '.partial', `${name}.lock`);
}
