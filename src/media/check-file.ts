import { access, constants, stat } from 'node:fs/promises';
import { CpwError } from '../errors.js';

/** How a path is read: from the disk, or as a pipe that another program writes to. */
export type FileKind = 'file' | 'pipe';

/**
 * Tells whether a path can be read, without opening it: a device could be read for ever, and a pipe
 * would wait for its writer. Throws CPW_FILE_NOT_FOUND.
 */
export async function checkFile(path: string): Promise<FileKind> {
  const found = await stat(path).catch((cause: unknown) => {
    throw isUrl(path) ? urlError(path) : notReadable(path, cause);
  });
  if (found.isDirectory()) throw wrongKind(path, 'a folder', 'name the files in it');
  if (found.isSocket()) throw wrongKind(path, 'a socket', 'name a file, or write to a pipe');
  if (!found.isFile() && !found.isFIFO()) {
    throw wrongKind(path, 'a device', 'name a file, or pipe the data to - (standard input)');
  }
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw notReadable(path, cause);
  });
  return found.isFIFO() ? 'pipe' : 'file';
}

function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//iu.test(path);
}

/** Without what follows the host: it may hold a password or a token. */
function urlError(url: string): CpwError {
  const shown = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(url)?.[1] ?? 'this';
  return new CpwError(
    'CPW_FILE_NOT_FOUND',
    `The input is a URL (${shown}://…), and only files are read. ` +
      'Next step: download it first, then name the file.',
  );
}

function notReadable(path: string, cause: unknown): CpwError {
  return new CpwError(
    'CPW_FILE_NOT_FOUND',
    `${JSON.stringify(path)} cannot be read (${reasonOf(cause)}). ` +
      'Next step: check the path and its permissions.',
    { cause, details: { path } },
  );
}

function wrongKind(path: string, kind: string, next: string): CpwError {
  return new CpwError(
    'CPW_FILE_NOT_FOUND',
    `${JSON.stringify(path)} is ${kind}, not a media file. Next step: ${next}.`,
    { details: { path } },
  );
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  return cause instanceof Error ? cause.message : String(cause);
}
