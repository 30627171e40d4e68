import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from '../models/convert/file-error.js';
import { besideName, publishFile } from './atomic-file.js';

/**
 * Moves a file, over the border of file systems too, so that it outlasts a power failure. Throws
 * CPW_OUT_OF_MEMORY for a full disk, CPW_FILE_NOT_FOUND, CPW_INVALID_OPTIONS.
 */
export async function takeOver(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    if (await renamed(from, to)) return;
    const temporary = besideName(to);
    await copyFile(from, temporary);
    await synced(temporary);
    await publishFile(temporary, to);
    await rm(from, { force: true });
  } catch (error) {
    throw fileError('write', to, error);
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  await synced(from);
  try {
    await publishFile(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EXDEV') return false;
    throw error;
  }
}

async function synced(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}
