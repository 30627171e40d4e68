import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CpwError } from '../errors.js';

/**
 * Why files could not be written into a folder that may not exist yet; undefined where nothing
 * speaks against it. Asked before hours are spent on a transcript that has nowhere to go.
 */
export async function refusedFolder(folder: string): Promise<CpwError | undefined> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      if (!(await stat(place)).isDirectory())
        return refused(folder, `${shown(place)} is no folder`);
      await access(place, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      // The nearest ancestor that exists decides: the rest is made.
      const goesOn = (code === 'ENOENT' || code === 'ENOTDIR') && place !== dirname(place);
      if (goesOn) continue;
      const reason = cause instanceof Error ? cause.message : String(cause);
      return refused(folder, code === 'EACCES' ? 'permission denied' : reason, cause);
    }
  }
}

function refused(folder: string, reason: string, cause?: unknown): CpwError {
  const message = `cannot write into ${shown(folder)}: ${reason}; choose another --output-dir`;
  const options = { stage: 'export', ...(cause === undefined ? {} : { cause }) };
  return new CpwError('CPW_INVALID_OPTIONS', message, options);
}

function shown(path: string): string {
  return JSON.stringify(path);
}
