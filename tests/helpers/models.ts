import { resolve } from 'node:path';
import { modelsRoot } from '../../src/models/layout.js';

/** Where the tests' models are installed, as tests/fixtures/install.mjs has it. */
export const modelsDir = {
  modelsDir: resolve(process.env['CPW_MODELS_DIR'] || modelsRoot(process.env['XDG_CACHE_HOME'])),
} as const;
