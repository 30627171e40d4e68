import { homedir } from 'node:os';
import path from 'node:path';
import { availableCores } from '../src/native/cpu.js';

/** The repository: `npm run bench` starts there. */
export const root = process.cwd();
/** Threads that a contender may use: the cores of this process. */
export const cores = availableCores();
export const audioDir = path.join(root, 'tests/data/audio');

/** The folder of built dependencies, as native/cmake/cached_build.cmake has it. */
export function buildCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env['CPW_BUILD_CACHE']) return env['CPW_BUILD_CACHE'];
  const cache = env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, 'cpw-native/build');
}
