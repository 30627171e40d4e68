import { access, constants, stat } from 'node:fs/promises';
import { CpwError } from '../errors.js';
import { shownName } from './report-error.js';

/** What the recogniser reads for a word of the command line: `-` is standard input. */
export function openInput(input: string, signal: AbortSignal): string | AsyncIterable<Uint8Array> {
  if (input !== '-') return input;
  // A pipe that stays silent is waited for; only its end wakes the reader.
  signal.addEventListener('abort', () => closeInput(input), { once: true });
  return process.stdin;
}

/** Lets go of an input that has been read: an open standard input would keep the process alive. */
export function closeInput(input: string): void {
  if (input === '-') process.stdin.destroy();
}

/** An input's name for a line of text. */
export function shownInput(input: string): string {
  return input === '-' ? 'standard input' : shownName(input);
}

/** Why an input cannot be read; undefined where it can. Asked before a model is loaded for it. */
export async function missingInput(input: string): Promise<CpwError | undefined> {
  if (input === '-') return undefined;
  try {
    const found = await stat(input);
    if (found.isDirectory()) return notFound(input, 'is a folder; name the files in it');
    await access(input, constants.R_OK);
    return undefined;
  } catch (cause) {
    return notFound(input, `cannot be read (${reasonOf(cause)}); check the name`, cause);
  }
}

function notFound(input: string, problem: string, cause?: unknown): CpwError {
  const options = { details: { path: input }, ...(cause === undefined ? {} : { cause }) };
  return new CpwError('CPW_FILE_NOT_FOUND', `${JSON.stringify(input)} ${problem}`, options);
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  return cause instanceof Error ? cause.message : String(cause);
}
