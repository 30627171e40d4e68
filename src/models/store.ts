import { existsSync } from 'node:fs';
import { basename, extname, resolve, sep } from 'node:path';
import { CpwError } from '../errors.js';
import type { EngineName } from '../types.js';
import { chooseFormat, type ModelWish } from './choose-format.js';
import { detectModel, type DetectedModel } from './detect-model.js';
import {
  modelsRoot,
  installedFormats,
  installedModels,
  isModelName,
  type InstalledFormat,
  type InstalledModel,
  type ModelFormat,
} from './layout.js';
import { suggest } from '../options/suggest.js';
import { canonicalName, findModel, knownNames, SPEECH_DETECTOR } from './registry.js';

export {
  modelsRoot,
  installedModels,
  modelPath,
  type InstalledFormat,
  type InstalledModel,
  type ModelFormat,
} from './layout.js';

/** What {@link resolveModel} needs to choose. */
export interface ResolveModelOptions extends ModelWish {
  /** The store; {@link modelsRoot} when absent. */
  readonly root?: string;
}

/** A model that is on disk, and how to run it. */
export interface ResolvedModel {
  readonly name: string;
  readonly engine: EngineName;
  /** A ggml file or a CTranslate2 folder, absolute. */
  readonly path: string;
  readonly format: ModelFormat;
  /** What the engine computes with: CTranslate2's name, or the ggml file's number format. */
  readonly computeType: string;
  /** Why this engine and this form were chosen, for people. */
  readonly reason: string;
}

/**
 * Finds a recognition model by name or path and chooses engine and form. A known name wins over a
 * file of the same name; `./base` is always a path. Throws CPW_MODEL_NOT_FOUND,
 * CPW_MODEL_INCOMPATIBLE, CPW_UNSUPPORTED_DEVICE or CPW_INVALID_OPTIONS.
 */
export async function resolveModel(
  nameOrPath: string,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const root = resolve(options.root ?? modelsRoot());
  const name = canonicalName(checked(nameOrPath));
  if (isModelName(name)) {
    const role = findModel(name)?.role ?? 'recognizer';
    if (role !== 'recognizer') throw noRecognizer(name, role);
    const formats = await installedFormats(root, name);
    if (formats.length > 0) return chooseInstalled(name, formats, options);
    if (findModel(name) !== undefined) throw await notInstalled(nameOrPath, root);
  }
  if (!existsSync(nameOrPath)) throw await notInstalled(nameOrPath, root);
  return chooseGiven(resolve(nameOrPath), options);
}

/**
 * The ggml file of the installed speech detector, or of `path` when one is given.
 * Throws CPW_MODEL_NOT_FOUND, CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE.
 */
export async function resolveSpeechDetector(
  root: string = modelsRoot(),
  path?: string,
): Promise<string> {
  const [installed] = path === undefined ? await installedFormats(root, SPEECH_DETECTOR) : [];
  const found = path ?? installed?.path;
  if (found === undefined) throw await notInstalled(SPEECH_DETECTOR, resolve(root));
  const detected = await detectModel(checked(found));
  if (detected.kind === 'ggml-silero') return resolve(found);
  throw unusable(found, detected, 'no speech detector in ggml form');
}

async function chooseInstalled(
  name: string,
  formats: readonly InstalledFormat[],
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const found = await Promise.all(
    formats.map(async ({ format, path }) => {
      const detected = await detectModel(path);
      if (!('weights' in detected)) throw unusable(path, detected, 'no recognition model');
      return { format, weights: detected.weights, path };
    }),
  );
  const { index, ...choice } = chooseFormat(`model ${name}`, found, options);
  const { format = 'ggml', path = '' } = found[index] ?? {};
  return { name, path, format, ...choice };
}

async function chooseGiven(path: string, options: ResolveModelOptions): Promise<ResolvedModel> {
  const detected = await detectModel(path);
  if (!('weights' in detected)) throw unusable(path, detected, 'no recognition model');
  const { kind, weights } = detected;
  const folder: ModelFormat = weights === 'int8' ? 'ctranslate2-int8' : 'ctranslate2';
  const format = kind === 'ggml-whisper' ? 'ggml' : folder;
  const { index: _, ...choice } = chooseFormat(`'${path}'`, [{ format, weights }], options);
  return { name: basename(path, extname(path)), path, format, ...choice };
}

function checked(nameOrPath: string): string {
  if (nameOrPath !== '' && !nameOrPath.includes('\0')) return nameOrPath;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    'The model is empty or holds a NUL character. Next step: give a name (base) or a path.',
  );
}

/** Says that a model is not there, and what is. */
export async function notInstalled(nameOrPath: string, root: string): Promise<CpwError> {
  const models = await installedModels(root);
  const list = models.map(({ name }) => name).join(', ');
  const there = list === '' ? 'no model is installed' : `installed: ${list}`;
  const what = nameOrPath.includes(sep) ? 'nothing lies at that path' : 'it is not installed';
  return new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `Model '${nameOrPath}': ${what} (store: ${root}; ${there}). ` +
      `Next step: ${stepTowards(nameOrPath, models)}.`,
    { details: { model: nameOrPath, root, installed: models.map(({ name }) => name) } },
  );
}

function stepTowards(nameOrPath: string, installed: readonly InstalledModel[]): string {
  if (findModel(nameOrPath) !== undefined) {
    return `cpw-native models pull ${nameOrPath} (with a network, and without --offline)`;
  }
  const names = [...installed.map(({ name }) => name), ...knownNames()];
  const near = nameOrPath.includes(sep) ? undefined : suggest(nameOrPath, names);
  const question = near === undefined ? '' : `did you mean ${near}? `;
  return (
    `${question}\`cpw-native models list --available\` shows all names; or give the path of a ` +
    'ggml file or a CTranslate2 folder'
  );
}

function noRecognizer(name: string, role: 'speech-detector' | 'translator'): CpwError {
  const does = role === 'translator' ? 'translates text' : 'finds speech';
  return new CpwError(
    'CPW_MODEL_INCOMPATIBLE',
    `Model '${name}' ${does} and does not transcribe. ` +
      'Next step: name a Whisper model, e.g. base.',
    { details: { model: name } },
  );
}

const conversions: Readonly<Record<DetectedModel['kind'], string>> = {
  'ggml-whisper': 'leave the path out: silero-vad is fetched by its name',
  'ctranslate2-whisper': 'leave the path out: silero-vad is fetched by its name',
  'ggml-silero': 'name a Whisper model, e.g. base; this file is for detecting speech',
  'ctranslate2-translation':
    'name a Whisper model, e.g. base; this one translates text, for cpw-native translate',
  'safetensors-silero':
    'convert it: cpw-native models convert <file> --to ggml-silero --output <file.bin>',
  'safetensors-whisper':
    'transcribe makes what it needs of it at the first use; or by hand: cpw-native models convert ' +
    '<folder> --to ctranslate2-int8 --output <folder>',
  'safetensors-other':
    'take the same model as a CTranslate2 folder, of which `cpw-native models convert` makes the ' +
    'other forms, or as a ggml file; safetensors cannot be run as they are',
};

/** A model of a kind that does not fit where it was named. `what` is what it is not. */
export function unusable(path: string, detected: DetectedModel, what: string): CpwError {
  return new CpwError(
    'CPW_MODEL_INCOMPATIBLE',
    `'${path}' is ${what} (${detected.kind}). Next step: ${conversions[detected.kind]}.`,
    { details: { path, kind: detected.kind } },
  );
}
