import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small text file of the system, below `root`; undefined where it is not there or not readable. */
export function readText(path: string, root = '/'): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined; // not Linux, or not mounted: nothing is known
  }
}
