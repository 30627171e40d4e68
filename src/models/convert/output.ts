import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CpwError } from '../../errors.js';
import { fileError, systemErrorCode } from './file-error.js';

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

/** Writes a file under a temporary name beside `path`; it takes its name once it is whole and on disk. */
export async function writeFileWhole(
  path: string,
  overwrite: boolean,
  fill: (file: OutputFile) => Promise<void>,
): Promise<number> {
  const target = resolve(path);
  await refuseExisting(target, overwrite, 'file');
  const temporary = temporaryName(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    const bytes = await fillFile(temporary, fill);
    await refuseExisting(target, overwrite, 'file');
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError('write', path, error);
  }
}

/**
 * Fills a folder under a temporary name beside `path` and renames it. A folder that is replaced
 * must hold nothing but files that `replaceable` knows, so a slip of the pen destroys no other data.
 */
export async function writeFolderWhole(
  path: string,
  options: { readonly overwrite: boolean; readonly replaceable: (name: string) => boolean },
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await refuseExisting(target, options.overwrite, 'folder', options.replaceable);
  const temporary = temporaryName(target);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await syncFolder(temporary);
    await refuseExisting(target, options.overwrite, 'folder', options.replaceable);
    await exchange(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
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

async function refuseExisting(
  target: string,
  overwrite: boolean,
  kind: 'file' | 'folder',
  replaceable: (name: string) => boolean = () => false,
): Promise<void> {
  const info = await lstat(target).catch(() => undefined);
  if (info === undefined) return;
  const wrongKind = kind === 'file' ? !info.isFile() : !info.isDirectory();
  if (wrongKind) throw refused(target, `it exists and is not a ${kind}`, 'choose another output');
  if (kind === 'folder') {
    const names = await readdir(target);
    if (names.length === 0) return;
    const foreign = names.find((name) => !replaceable(name));
    if (foreign !== undefined) {
      throw refused(target, `it holds '${foreign}', which is no model file`, 'choose a new folder');
    }
  }
  if (!overwrite) throw refused(target, 'it exists', 'choose another output or allow overwriting');
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

/** A rename survives a power cut only once its folder is on disk; some file systems cannot do this. */
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
