import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpwError } from '../errors.js';
import { abortable } from './abortable.js';

/** A stream that was written to the disk, readable by this user alone. */
export interface Spooled {
  readonly path: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/**
 * Writes a stream to a temporary file. Throws CPW_OUT_OF_MEMORY when the disk is full; nothing is
 * left after any failure or abort.
 */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<Spooled> {
  const folder = await mkdtemp(join(tmpdir(), 'cpw-native-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'input');
  try {
    return { path, bytes: await write(path, chunks, signal), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  const iterator = chunks[Symbol.asyncIterator]();
  let bytes = 0;
  try {
    for (;;) {
      const next = await abortable(iterator.next(), signal);
      if (next.done === true) return bytes;
      bytes += next.value.length;
      await file.writeFile(next.value).catch((cause: unknown) => {
        throw notWritten(path, bytes, cause);
      });
    }
  } finally {
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
    await file.close();
  }
}

function notWritten(path: string, bytes: number, cause: unknown): CpwError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CpwError(
    'CPW_OUT_OF_MEMORY',
    `The stream does not fit into a temporary file (${why}, at byte ${bytes} of ${path}). ` +
      'Next step: free some space or set TMPDIR to a larger disk, or give the media as a file.',
    { cause, details: { path, bytes } },
  );
}
