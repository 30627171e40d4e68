import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CpwError } from '../errors.js';

/** Left free for whatever else the disk is for. */
const MARGIN_BYTES = 16 * 2 ** 20;

/**
 * Throws CPW_OUT_OF_MEMORY where `bytes` more do not fit beside `folder`, which need not exist. A
 * file system that does not tell is trusted.
 */
export async function checkDiskSpace(
  subject: string,
  folder: string,
  bytes: number,
): Promise<void> {
  const free = await freeBytes(folder);
  const needed = bytes + MARGIN_BYTES;
  if (free === undefined || free >= needed) return;
  throw new CpwError(
    'CPW_OUT_OF_MEMORY',
    `${subject} needs ${mebibytes(needed)} in '${folder}', where ${mebibytes(free)} are free. ` +
      'Next step: free some space, or choose a folder on another disk (--models-dir).',
    { details: { folder, needed, free } },
  );
}

async function freeBytes(folder: string): Promise<number | undefined> {
  for (let place = folder; ; place = dirname(place)) {
    const info = await statfs(place).catch(() => undefined);
    if (info !== undefined) return info.bavail * info.bsize;
    if (dirname(place) === place) return undefined;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
