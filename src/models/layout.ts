import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CpwError } from '../errors.js';
import { registry, SPEECH_DETECTOR, type ModelRole } from './registry.js';

/** The forms in which one model may be installed. */
export const modelFormats = ['ctranslate2-int8', 'ctranslate2', 'ggml'] as const;

/** The name of a form: `ctranslate2` holds float16 weights, `ggml` whisper.cpp's f16. */
export type ModelFormat = (typeof modelFormats)[number];

/** A model in the store. */
export interface InstalledModel {
  readonly name: string;
  readonly role: ModelRole;
  readonly formats: readonly InstalledFormat[];
}

/** One form of an installed model: a file for ggml, else a folder. */
export interface InstalledFormat {
  readonly format: ModelFormat;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Where models live unless a root is given: `cpw-native/models` in the user's cache folder.
 * `cacheHome` is XDG_CACHE_HOME's value, which must be absolute to count.
 */
export function modelsRoot(cacheHome?: string): string {
  const base = cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : undefined;
  return join(base ?? join(homedir(), '.cache'), 'cpw-native', 'models');
}

/** True for a name that can be a folder of the store: no separators, no dot first. */
export function isModelName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._+@-]{0,127}$/u.test(name) && !/[. ]$/.test(name);
}

/** Where one form of a model lies. CPW_INVALID_OPTIONS for a name that could lead elsewhere. */
export function modelPath(root: string, name: string, format: ModelFormat): string {
  if (!isModelName(name)) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `'${name}' is no name for a model: letters, digits and . _ + @ - are allowed. ` +
        'Next step: choose another name, or give a path (./…).',
      { details: { name } },
    );
  }
  if (format !== 'ggml') return join(root, name, format);
  const file = `ggml-${name}.bin`;
  return name === SPEECH_DETECTOR ? join(root, name, file) : join(root, name, 'ggml', file);
}

/** The forms in which a model is installed. */
export async function installedFormats(root: string, name: string): Promise<InstalledFormat[]> {
  const found = await Promise.all(
    modelFormats.map(async (format) => {
      const path = modelPath(root, name, format);
      const bytes = await fileSize(format === 'ggml' ? path : join(path, 'model.bin'));
      return bytes === undefined ? [] : [{ format, path, bytes }];
    }),
  );
  return found.flat();
}

/** All models in the store, by name. A root that does not exist holds none. */
export async function installedModels(root = modelsRoot()): Promise<InstalledModel[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => !entry.isFile() && isModelName(entry.name))
    .map((entry) => entry.name)
    .toSorted();
  const models: InstalledModel[] = [];
  for (const name of names) {
    const formats = await installedFormats(root, name);
    const role = registry.find((entry) => entry.name === name)?.role ?? 'recognizer';
    if (formats.length > 0) models.push({ name, role, formats });
  }
  return models;
}

async function fileSize(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() ? info.size : undefined;
}
