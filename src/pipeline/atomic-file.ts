import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from '../models/convert/file-error.js';

/** What a file is made of. */
export type FileData = string | Uint8Array | AsyncIterable<string | Uint8Array>;

const temporaryName = /^\.[0-9a-f]{16}\.tmp(\.[^.]+)?$/u;

/**
 * A name beside a file, under which it is written until it is whole. It has the file's extension,
 * by which programs choose a format, and not its name, which may be as long as names can be.
 */
export function besideName(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp${extname(path)}`);
}

/**
 * Writes a file beside and renames it, so that a reader and a crash find the old one or the whole
 * new one. `mode` as for `open`. Throws CPW_OUT_OF_MEMORY for a full disk, CPW_INVALID_OPTIONS where nothing may be written.
 */
export async function writeAtomically(
  path: string,
  data: FileData,
  { mode = 0o666 }: { readonly mode?: number } = {},
): Promise<void> {
  const temporary = besideName(path);
  try {
    await using file = await open(temporary, 'wx', mode);
    await writeFile(file, data);
    await file.sync();
    await publishFile(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError('write', path, error);
  }
}

/** Puts a file that was written beside in its place; `onRenamed` hears of it at once. */
export async function publishFile(
  temporary: string,
  path: string,
  onRenamed?: () => void,
): Promise<void> {
  await rename(temporary, path);
  onRenamed?.();
  await syncFolder(dirname(path));
}

/** Makes a rename outlast a power failure, where the file system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; the rename itself has happened.
    if (!['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) {
      throw error;
    }
  }
}

/** Removes what a crash has left half-written in a folder. */
export async function removeTemporary(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => temporaryName.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Renames a file that cannot be used, so that nobody reads it and somebody may look at it. */
export async function setAside(path: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[-:.]/gu, '');
  const aside = `${path}.set-aside-${stamp}-${randomBytes(2).toString('hex')}`;
  await rename(path, aside);
  return aside;
}
