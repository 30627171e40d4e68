import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CpwError } from '../errors.js';
import { hubOptionsSchema } from '../options/download.js';
import { parseOptions } from '../options/parse.js';
import { detectModel } from './detect-model.js';
import type { EnsureOptions } from './ensure-model.js';
import { fetchForm } from './fetch-form.js';
import { installedFormats, isModelName, modelsRoot } from './layout.js';
import { canonicalName, findModel } from './registry.js';
import { notInstalled, unusable } from './store.js';

/** The name of the model that comes with the package, for trying. */
export const DEMO_TRANSLATION_MODEL = 'demo';

/** A translation model on the disk. */
export interface ResolvedTranslationModel {
  readonly name: string;
  /** The CTranslate2 folder, absolute. */
  readonly path: string;
  /** The two languages of a model of one pair, where its files tell them. */
  readonly pair?: { readonly source: string; readonly target: string };
}

/**
 * Finds a translation model by name or path; one that is known by name and missing is fetched first.
 * Throws CPW_MODEL_NOT_FOUND, CPW_MODEL_INCOMPATIBLE, CPW_DOWNLOAD_FAILED.
 */
export async function bringTranslationModel(
  nameOrPath: string,
  options: EnsureOptions,
): Promise<ResolvedTranslationModel> {
  const root = resolve(options.root ?? modelsRoot());
  const name = canonicalName(nameOrPath);
  if (name === DEMO_TRANSLATION_MODEL) return { name, path: demoFolder() };
  const path = await folderOf(name, root, options);
  const detected = await detectModel(path);
  if (detected.kind !== 'ctranslate2-translation') {
    throw unusable(path, detected, 'no translation model');
  }
  const pair = detected.layout === 'opus' ? await pairOf(path, name) : undefined;
  return { name, path, ...(pair === undefined ? {} : { pair }) };
}

/** The folder of the model that comes with the package. */
export function demoFolder(): string {
  return fileURLToPath(new URL('../../models/demo-translate', import.meta.url));
}

async function folderOf(name: string, root: string, options: EnsureOptions): Promise<string> {
  const entry = isModelName(name) ? findModel(name) : undefined;
  if (entry !== undefined && entry.role !== 'translator') {
    throw new CpwError(
      'CPW_MODEL_INCOMPATIBLE',
      `Model '${name}' does not translate text. Next step: name a translation model, ` +
        'e.g. nllb-200-distilled-600M.',
      { details: { model: name } },
    );
  }
  const installed = isModelName(name) ? await installedFormats(root, name) : [];
  const found = installed.find(({ format }) => format !== 'ggml');
  if (found !== undefined) return found.path;
  if (entry !== undefined && options.download !== 'never') {
    const hub = parseOptions(hubOptionsSchema, options.hub ?? {}, { subject: 'download' });
    await fetchForm(entry, 'ctranslate2', { ...options, root, hub });
    const fetched = await installedFormats(root, name);
    if (fetched[0] !== undefined) return fetched[0].path;
  }
  if (entry === undefined && existsSync(name)) return resolve(name);
  throw await notInstalled(name, root);
}

/** By the tokenizer's configuration, where it lies there, else by a name such as opus-mt-en-de. */
async function pairOf(
  path: string,
  name: string,
): Promise<{ source: string; target: string } | undefined> {
  const text = await readFile(join(path, 'tokenizer_config.json'), 'utf8').catch(() => '{}');
  const named = /source_lang"\s*:\s*"([a-z]{2,3})"/u.exec(text);
  const target = /target_lang"\s*:\s*"([a-z]{2,3})"/u.exec(text);
  if (named?.[1] !== undefined && target?.[1] !== undefined) {
    return { source: named[1], target: target[1] };
  }
  for (const candidate of [name, basename(path)]) {
    const pair = /opus-mt(?:-tc-big|-tc-base)?-([a-z]{2,3})-([a-z]{2,3})(?![a-z])/u.exec(candidate);
    if (pair?.[1] !== undefined && pair[2] !== undefined) {
      return { source: pair[1], target: pair[2] };
    }
  }
  return undefined;
}
