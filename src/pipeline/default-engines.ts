import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missingForms, planRecognizer, type LoadContext } from '../engines/load-recognizer.js';
import type { ModelPool } from '../engines/model-pool.js';
import { SpeechDetector } from '../engines/speech-detector.js';
import type { TranslatorPool } from '../engines/translator-pool.js';
import { CpwError } from '../errors.js';
import { bringTranslationModel } from '../models/translation-model.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { Engines, LentDetector } from '../stages/engines.js';

/** What the engines of a pipeline are lent by. */
export interface EngineSources {
  readonly pool: ModelPool;
  readonly translators: TranslatorPool;
  /** How missing models are fetched. */
  readonly load?: Omit<LoadContext, 'signal'> | undefined;
}

/** The engines of this package. */
export function defaultEngines({ pool, translators, load = {} }: EngineSources): Engines {
  return {
    recognizer: (model, options, { signal }) => pool.acquire(model, options, { ...load, signal }),
    recognizerIdentity: async (model, options, { signal, mayFetch = true }) => {
      if ((await missingForms(model, options)).length > 0) {
        if (!mayFetch) return { model };
        (await pool.acquire(model, options, { ...load, signal })).close();
      }
      return recognizerIdentity(model, options);
    },
    detector: async ({ modelsDir, download }, { signal }): Promise<LentDetector> => {
      const where = modelsDir === undefined ? {} : { modelsDir };
      const how = download === undefined ? {} : { download };
      return SpeechDetector.load({ ...where, ...how }, { ...load, signal });
    },
    translator: (model, options, { signal }) =>
      translators.acquire(model, options, { ...load, signal }),
    translatorIdentity: async (model, { modelsDir, download = 'auto' }, asked) => {
      const { signal, mayFetch = true } = asked;
      const root = modelsDir === undefined ? {} : { root: modelsDir };
      const how = { ...load, ...root, download: mayFetch ? download : ('never' as const), signal };
      try {
        const { path } = await bringTranslationModel(model, how);
        return { path, files: await filesOf(path) };
      } catch (error) {
        const missing = error instanceof CpwError && error.code === 'CPW_MODEL_NOT_FOUND';
        if (mayFetch || !missing) throw error;
        return { model };
      }
    },
  };
}

async function recognizerIdentity(
  model: string,
  options: RecognizerOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { path, engine, computeType } = (await planRecognizer(model, options)).model;
  return { path, engine, computeType, files: await filesOf(path) };
}

/** Size and time tell a model that was replaced under its name from what it was. */
async function filesOf(path: string): Promise<readonly unknown[]> {
  const info = await stat(path);
  const names = info.isDirectory() ? (await readdir(path)).sort() : [''];
  return Promise.all(
    names.map(async (name) => {
      const { size: bytes, mtimeMs: modifiedMs } = await stat(join(path, name));
      return { name, bytes, modifiedMs };
    }),
  );
}
