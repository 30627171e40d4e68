import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { existingFile } from '../export/plan-outputs.js';
import { publish } from '../files/publish.js';
import { fileError } from '../models/convert/file-error.js';
import type { NamedFile } from '../stages/artefact.js';
import { besideName } from './atomic-file.js';
import { hashFile } from './hash-file.js';

/** From here on a file shares its place on the disk with the job's, where it can. */
const sharedFromBytes = 64 << 20;

/**
 * Brings a job's results to a folder of the user's; each appears whole or not at all. Resolves to
 * the paths. What is there already as it is counts as brought. Throws CPW_INVALID_OPTIONS where
 * another file exists and may not be replaced, before any is
 * written, and CPW_OUT_OF_MEMORY on a full disk.
 */
export async function deliver(
  files: readonly NamedFile[],
  { outputDir, overwrite }: { readonly outputDir: string; readonly overwrite: boolean },
): Promise<readonly string[]> {
  const wanted = files.map(({ name, path }) => ({ path, final: join(outputDir, name) }));
  const open: typeof wanted = [];
  for (const one of wanted) if (!(await isSame(one))) open.push(one);
  if (!overwrite) await refuseExisting(open.map(({ final }) => final));
  await mkdir(resolve(outputDir), { recursive: true }).catch((error: unknown) => {
    throw fileError('write', outputDir, error);
  });
  for (const { path, final } of open) await place(path, final, overwrite);
  return wanted.map(({ final }) => final);
}

/** True where an earlier run has brought the same file there. */
async function isSame({ path, final }: { path: string; final: string }): Promise<boolean> {
  const [made, there] = await Promise.all([stat(path), stat(final).catch(() => undefined)]);
  if (there?.isFile() !== true || there.size !== made.size) return false;
  if (there.ino === made.ino && there.dev === made.dev) return true;
  const [one, other] = await Promise.all([hashFile(path), hashFile(final)]);
  return one.sha256 === other.sha256;
}

/** Throws CPW_INVALID_OPTIONS, naming all of the paths that exist. */
export async function refuseExisting(paths: readonly string[]): Promise<void> {
  const there = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  const existing = paths.filter((_, index) => there[index] !== undefined);
  if (existing.length > 0) throw existingFile(existing);
}

async function place(path: string, final: string, overwrite: boolean): Promise<void> {
  const temporary = besideName(final);
  try {
    await copyOrShare(path, temporary);
    await publish({ temporary, final }, { overwrite, onExisting: () => existingFile([final]) });
  } catch (error) {
    throw fileError('write', final, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function copyOrShare(path: string, temporary: string): Promise<void> {
  const { size } = await stat(path);
  if (size >= sharedFromBytes) {
    try {
      return await link(path, temporary);
    } catch {
      // Another file system, or one without links.
    }
  }
  await copyFile(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}
