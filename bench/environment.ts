import path from 'node:path';
import { availableCores } from '../src/native/cpu.js';

/** The repository: `npm run bench` starts there. */
export const root = process.cwd();
/** Threads that a contender may use: the cores of this process. */
export const cores = availableCores();
export const audioDir = path.join(root, 'tests/data/audio');

/** The folder of built dependencies: scripts/bench.mjs names it. */
export const buildCache = process.env['CPW_BUILD_CACHE'] ?? path.join(root, 'build');
