import { homedir } from 'node:os';
import path from 'node:path';
import { modelsRoot } from '../src/models/layout.js';
import { availableCores } from '../src/native/cpu.js';

/** The repository: `npm run bench` starts there. */
export const root = process.cwd();
/** Threads that a contender may use: the cores of this process. */
export const cores = availableCores();
/** Where the models are installed, as the tests have it. */
export const modelsDir = process.env['CPW_MODELS_DIR'] ?? modelsRoot();
export const audioDir = path.join(root, 'tests/data/audio');

/** The folder of built dependencies, as native/cmake/cached_build.cmake has it. */
export function buildCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env['CPW_BUILD_CACHE']) return env['CPW_BUILD_CACHE'];
  const cache = env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, 'cpw-native/build');
}
