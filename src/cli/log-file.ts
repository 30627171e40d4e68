import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { createStream } from 'rotating-file-stream';
import { CpwError } from '../errors.js';
import type { ParsedLogOptions } from '../options/log.js';

const dayMs = 86_400_000;

type Kept = Pick<ParsedLogOptions, 'logMaxMb' | 'logMaxDays' | 'logKeep' | 'logKeepDays'>;

/** A log file that is being written. */
export interface LogFile {
  readonly stream: { write(line: string): unknown };
  /** Resolves when all lines are in the file. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a log that goes on in the file. At its size or age it is put away as
 * `<stem>-<time>-<n>.log` beside, and those that are too many or too old are removed. Throws where
 * the file cannot be written.
 */
export async function openLogFile(file: string, options: Kept): Promise<LogFile> {
  const folder = dirname(resolve(file));
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  const { logMaxMb, logMaxDays } = options;
  const stream = createStream(nameOf(file), {
    path: folder,
    size: `${Math.round(logMaxMb * 1e6)}B`,
    interval: `${logMaxDays}d`,
    initialRotation: true,
  });
  let failure: unknown;
  let clearing: Promise<void> = Promise.resolve();
  const clear = (): void => {
    clearing = clearing.then(() => removeOld(file, options)).catch(() => undefined);
  };
  stream.on('rotated', clear);
  await new Promise<void>((opened, failed) => {
    stream.once('open', () => opened());
    stream.once('error', (error) => failed(unwritable(file, error)));
  });
  // A disk that is full costs lines of the log, not the run.
  stream.on('error', (error) => (failure ??= error));
  clear();
  return {
    stream,
    close: async () => {
      stream.end();
      await finished(stream).catch((error: unknown) => (failure ??= error));
      await clearing;
    },
  };
}

function nameOf(file: string): (time: number | Date, index?: number) => string {
  const name = basename(file);
  const { stem, end } = partsOf(file);
  return (time, index) => {
    if (!(time instanceof Date)) return name;
    const at = time.toISOString().replaceAll(/[-:.Z]/gu, '');
    return `${stem}-${at}-${index ?? 1}${end}`;
  };
}

function partsOf(file: string): { readonly stem: string; readonly end: string } {
  const end = extname(file);
  return { stem: basename(file, end), end };
}

async function removeOld(file: string, { logKeep, logKeepDays }: Kept): Promise<void> {
  const folder = dirname(resolve(file));
  const { stem, end } = partsOf(file);
  const names = (await readdir(folder)).filter(
    (name) =>
      name.startsWith(`${stem}-`) &&
      name.endsWith(end) &&
      /^\d{8}T\d{9}-\d+$/u.test(name.slice(stem.length + 1, name.length - end.length)),
  );
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, endedMs: (await stat(path)).mtimeMs };
    }),
  );
  const newestFirst = found.sort((a, b) => b.endedMs - a.endedMs);
  for (const [index, { path, endedMs }] of newestFirst.entries()) {
    const old = Date.now() - endedMs > logKeepDays * dayMs;
    if (old || index >= logKeep) await rm(path, { force: true });
  }
}

function unwritable(file: string, cause: unknown): CpwError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CpwError(
    'CPW_FILE_NOT_FOUND',
    `The log cannot be written to ${JSON.stringify(file)}: ${reason}. ` +
      'Next step: name a file in a folder that may be written (--log-file).',
    { cause, details: { file } },
  );
}
