import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CpwError } from '../../errors.js';
import { systemErrorCode } from '../../files/system-error.js';
import { fileError } from './file-error.js';

const BUFFER_BYTES = 1024 * 1024;

/** A file being written; small writes are gathered. */
export class OutputFile {
  bytesWritten = 0;
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private filled = 0;

  private readonly handle: FileHandle;

  constructor(handle: FileHandle) {
    this.handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.bytesWritten += bytes.byteLength;
    if (this.filled + bytes.byteLength > BUFFER_BYTES) await this.flush();
    if (bytes.byteLength >= BUFFER_BYTES) return this.writeThrough(bytes);
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.byteLength;
  }

  async flush(): Promise<void> {
    await this.writeThrough(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private async writeThrough(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.byteLength - done);
      done += bytesWritten;
    }
  }
}

/** Writes a file under a temporary name beside `path`; whole and on disk, it takes its name. */
export async function writeFileWhole(
  path: string,
  overwrite: boolean,
  fill: (file: OutputFile) => Promise<void>,
): Promise<number> {
  const target = resolve(path);
  await refuseExistingFile(target, overwrite);
  const temporary = temporaryName(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    const bytes = await fillFile(temporary, fill);
    await refuseExistingFile(target, overwrite);
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError('write', path, error);
  }
}

/** Whether an existing folder may be replaced, and what it may hold then. */
export interface FolderOptions {
  readonly overwrite: boolean;
  readonly replaceable: (name: string) => boolean;
}

/**
 * Fills a folder under a temporary name beside `path` and renames it. One that is replaced must
 * hold nothing but files that `replaceable` knows, so a slip of the pen destroys no other data.
 */
export async function writeFolderWhole(
  path: string,
  options: FolderOptions,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await refuseExistingFolder(target, options);
  const temporary = temporaryName(target);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await syncFolder(temporary);
    await refuseExistingFolder(target, options);
    await exchange(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw fileError('write', path, error);
  }
}

/** Writes one file at once; for files inside a folder that is itself written whole. */
export async function fillFile(
  path: string,
  fill: (file: OutputFile) => Promise<void>,
): Promise<number> {
  const handle = await open(path, 'wx');
  try {
    const file = new OutputFile(handle);
    await fill(file);
    await file.flush();
    await handle.sync();
    return file.bytesWritten;
  } finally {
    await handle.close();
  }
}

async function refuseExistingFile(target: string, overwrite: boolean): Promise<void> {
  const info = await lstat(target).catch(() => undefined);
  if (info === undefined) return;
  if (!info.isFile()) throw refused(target, 'it exists and is no file', 'choose another output');
  if (!overwrite) throw exists(target);
}

async function refuseExistingFolder(target: string, options: FolderOptions): Promise<void> {
  const info = await lstat(target).catch(() => undefined);
  if (info === undefined) return;
  if (!info.isDirectory()) {
    throw refused(target, 'it exists and is no folder', 'choose another output');
  }
  const names = await readdir(target);
  const foreign = names.find((name) => !options.replaceable(name));
  if (foreign !== undefined) {
    throw refused(target, `it holds '${foreign}', which is no model file`, 'choose a new folder');
  }
  if (names.length > 0 && !options.overwrite) throw exists(target);
}

function exists(target: string): CpwError {
  return refused(target, 'it exists', 'choose another output or allow overwriting');
}

function refused(path: string, reason: string, nextStep: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `Cannot write '${path}': ${reason}. Next step: ${nextStep}.`,
    { details: { path } },
  );
}

/** Hidden, so that an unfinished file is never taken for a model. */
function temporaryName(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 80)}.${randomUUID()}.partial`);
}

async function exchange(temporary: string, target: string): Promise<void> {
  const old = temporaryName(target);
  const had = await rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(temporary, target);
  } catch (error) {
    if (had) await rename(old, target);
    throw error;
  }
  if (had) await rm(old, { recursive: true, force: true });
  await syncFolder(dirname(target));
}

/** A rename survives a power cut only once its folder is on disk; not every file system can. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    await handle.close();
  }
}
