import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { CpwError } from '../errors.js';
import { fileError } from './convert/file-error.js';
import { isCompanionFile } from './convert/whisper-source.js';
import { detectModel, type DetectedModel } from './detect-model.js';
import { checkDiskSpace } from './disk-space.js';
import { installedFormats, modelPath, type ModelFormat } from './layout.js';
import { recordFiles } from './model-record.js';
import { lockPath, placeForm, stagingFolder } from './place-form.js';
import { canonicalName, findModel, SPEECH_DETECTOR } from './registry.js';
import { withLock } from './store-lock.js';
import { unusable } from './store.js';

export interface ImportOptions {
  /** The store's folder, absolute. */
  readonly root: string;
  /** The name in the store; that of the file or folder when absent. */
  readonly name?: string | undefined;
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
}

/** What was copied into the store. */
export interface ImportedModel {
  readonly name: string;
  readonly format: ModelFormat;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Copies a ggml file or a CTranslate2 folder into the store under a name, and records its hashes.
 * Throws CPW_FILE_NOT_FOUND, CPW_MODEL_INCOMPATIBLE, CPW_INVALID_OPTIONS, CPW_OUT_OF_MEMORY.
 */
export async function importModel(path: string, options: ImportOptions): Promise<ImportedModel> {
  const { root, signal, overwrite = false } = options;
  const source = resolve(path);
  const detected = await detectModel(source);
  const format = formatOf(source, detected);
  const name = nameFor(source, detected, options.name);
  const target = modelPath(root, name, format);
  const files = format === 'ggml' ? [source] : await filesOf(source);
  const bytes = await totalSize(files);
  return withLock(lockPath(root, name), { signal }, async () => {
    const there = (await installedFormats(root, name)).some((one) => one.format === format);
    if (there && !overwrite) throw occupied(name, format);
    await checkDiskSpace(`Model ${name}`, root, bytes);
    const staging = stagingFolder(root, name, format);
    try {
      await rm(staging, { recursive: true, force: true });
      await mkdir(staging, { recursive: true });
      for (const file of files) {
        signal?.throwIfAborted();
        const copy = join(staging, format === 'ggml' ? basename(target) : basename(file));
        // A file system that can share blocks copies in no time and no space.
        await copyFile(file, copy, constants.COPYFILE_FICLONE);
      }
      const recorded = await recordFiles(staging, { signal });
      const record = { origin: `imported from ${source}`, files: recorded };
      await placeForm({ root, name, format, staging, record });
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw fileError('copy', source, error);
    }
    const size = await stat(format === 'ggml' ? target : join(target, 'model.bin'));
    return { name, format, path: target, bytes: size.size };
  });
}

function formatOf(path: string, detected: DetectedModel): ModelFormat {
  const { kind } = detected;
  if (kind === 'ggml-whisper' || kind === 'ggml-silero') return 'ggml';
  if (kind !== 'ctranslate2-whisper') {
    throw unusable(path, detected, 'nothing that the store can hold');
  }
  return detected.weights === 'int8' ? 'ctranslate2-int8' : 'ctranslate2';
}

function nameFor(path: string, { kind }: DetectedModel, given: string | undefined): string {
  const own = basename(path, extname(path) === '.bin' ? '.bin' : '').replace(/^ggml-/u, '');
  const name = canonicalName(given ?? (kind === 'ggml-silero' ? SPEECH_DETECTOR : own));
  const role = findModel(name)?.role ?? 'recognizer';
  const fits = kind === 'ggml-silero' ? name === SPEECH_DETECTOR : role === 'recognizer';
  if (fits) return name;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `'${path}' is ${kind} and cannot be called '${name}'. Next step: ` +
      (kind === 'ggml-silero'
        ? `leave --name out, or --name ${SPEECH_DETECTOR}.`
        : 'give another --name.'),
    { details: { path, kind, name } },
  );
}

/** The files that belong to the model; whatever else lies in the folder stays there. */
async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError('read', folder, error);
  });
  const own = names.filter((name) => name === 'model.bin' || isCompanionFile(name));
  return own.map((name) => join(folder, name));
}

async function totalSize(files: readonly string[]): Promise<number> {
  const sizes = files.map(async (file) => (await stat(file)).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function occupied(name: string, format: ModelFormat): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `Model '${name}' is installed as ${format} already. ` +
      'Next step: --name for another name, or --overwrite to replace it.',
    { details: { name, format } },
  );
}
