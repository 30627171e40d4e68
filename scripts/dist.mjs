// dist as users get it: exactly what the sources make, nothing of a source that was renamed.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.mjs';

const made = /(\.d\.ts|\.js|\.js\.map)$/;

/** Deletes from dist what no source of today makes. @returns {string[]} What went, by name. */
export function removeStaleOutput() {
  const dist = path.join(root, 'dist');
  if (!existsSync(dist)) return [];
  const stale = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name)))
    .filter((name) => !existsSync(path.join(root, 'src', name.replace(made, '.ts'))));
  for (const name of stale) rmSync(path.join(dist, name));
  return stale;
}

/**
 * Makes the programs of package.json's bin executable, in a folder that holds dist: tsc writes plain
 * files, and npm packs the mode it finds. @param {string} folder
 */
export function makeProgramsExecutable(folder) {
  const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const file of Object.values(bin)) chmodSync(path.join(folder, file), 0o755);
}
