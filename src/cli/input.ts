import { checkFile } from '../media/check-file.js';
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
export async function missingInput(input: string): Promise<unknown> {
  if (input === '-') return undefined;
  return checkFile(input).then(
    () => undefined,
    (error: unknown) => error,
  );
}
