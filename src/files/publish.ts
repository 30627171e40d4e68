import { link, rename, rm, writeFile } from 'node:fs/promises';
import { systemErrorCode } from './system-error.js';

/**
 * Gives a file that was written beside its place its final name. Without `overwrite` nothing is
 * replaced, not even what has come to exist meanwhile: `onExisting` makes the error that is thrown.
 * Rejects as the disk does; the temporary file is the caller's to remove.
 */
export async function publish(
  { temporary, final }: { readonly temporary: string; readonly final: string },
  { overwrite, onExisting }: { readonly overwrite: boolean; readonly onExisting: () => Error },
): Promise<void> {
  if (overwrite) return rename(temporary, final);
  try {
    // Unlike rename, link refuses a name that has come to exist meanwhile.
    await link(temporary, final);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') throw onExisting();
    // exFAT and some network folders have no links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await claim(final, onExisting);
    await rename(temporary, final).catch(async (failure: unknown) => {
      await rm(final, { force: true });
      throw failure;
    });
    return;
  }
  await rm(temporary, { force: true });
}

/** Makes the name ours where nobody has it: rename alone would replace a file in silence. */
async function claim(final: string, onExisting: () => Error): Promise<void> {
  try {
    await writeFile(final, '', { flag: 'wx' });
  } catch (error) {
    throw systemErrorCode(error) === 'EEXIST' ? onExisting() : error;
  }
}
