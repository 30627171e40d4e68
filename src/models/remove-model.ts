import { lstat, readdir, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from './convert/file-error.js';
import { modelPath, type InstalledModel, type ModelFormat } from './layout.js';
import { formFolder, RECORD_FILE } from './model-record.js';
import { lockPath, stagingFolder } from './place-form.js';
import { SPEECH_DETECTOR } from './registry.js';
import { withLock } from './store-lock.js';

/** A form that is gone. */
export interface RemovedForm {
  readonly name: string;
  readonly format: ModelFormat;
  readonly path: string;
  /** Bytes that its files held. */
  readonly bytes: number;
}

/**
 * Deletes installed forms of a model, and what an unfinished download of them left. Files that the
 * store did not make stay, and a link is deleted instead of what it leads to.
 */
export async function removeModel(
  { name, formats }: InstalledModel,
  options: {
    readonly root: string;
    readonly formats?: readonly ModelFormat[] | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<readonly RemovedForm[]> {
  const { root, signal } = options;
  const chosen = formats.filter(({ format }) => options.formats?.includes(format) ?? true);
  return withLock(lockPath(root, name), { signal }, async () => {
    const removed: RemovedForm[] = [];
    try {
      for (const { format } of chosen) {
        const path = modelPath(root, name, format);
        const bytes = await removeForm({ root, name, format });
        await rm(stagingFolder(root, name, format), { recursive: true, force: true });
        removed.push({ name, format, path, bytes });
      }
      await removeEmpty(join(root, name));
    } catch (error) {
      throw fileError('remove', join(root, name), error);
    }
    return removed;
  });
}

async function removeForm({
  root,
  name,
  format,
}: {
  root: string;
  name: string;
  format: ModelFormat;
}): Promise<number> {
  const path = modelPath(root, name, format);
  const folder = formFolder(root, name, format);
  if (name === SPEECH_DETECTOR) {
    const { size } = await stat(path);
    await unlink(path);
    await rm(join(folder, RECORD_FILE), { force: true });
    return size;
  }
  if ((await lstat(folder)).isSymbolicLink()) {
    await unlink(folder);
    return 0;
  }
  const bytes = await sizeOf(folder);
  await rm(folder, { recursive: true });
  return bytes;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = names.map(async (name) => (await lstat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** A folder that holds something else stays as it is. */
async function removeEmpty(folder: string): Promise<void> {
  const link = await lstat(folder);
  if (link.isSymbolicLink()) return;
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
