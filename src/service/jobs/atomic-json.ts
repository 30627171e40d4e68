import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes a value beside its place, onto the disk, and then into it: a crash leaves the old or the new one. */
export async function writeJsonAtomically(path: string, value: unknown): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp.json`);
  try {
    await using file = await open(temporary, 'wx');
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
    await rename(temporary, path);
    await using folder = await open(dirname(path), 'r');
    // Some network file systems cannot sync a folder; the rename itself has happened.
    await folder.sync().catch(() => undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
