import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { convertModel, type ConversionTarget } from './convert/convert-model.js';
import { fileError } from './convert/file-error.js';
import { checkDiskSpace } from './disk-space.js';
import { installOnce, type InstalledForm, type InstallOptions } from './install-form.js';
import { modelPath, type ModelFormat } from './layout.js';
import { recordFiles } from './model-record.js';
import { placeForm, stagingFolder } from './place-form.js';

/** What a form is made of, and how. */
export interface FormSource {
  readonly input: string;
  readonly to: ConversionTarget;
  /** In words, for the record: `made from …`. */
  readonly origin: string;
  /** Disk space that the form takes at most. */
  readonly bytes: number;
}

/**
 * Makes a form of a model's installed float16 folder, unless it is there. Needs no network. Throws
 * what `convertModel` throws, and CPW_OUT_OF_MEMORY before it begins where the disk is too small.
 */
export async function makeForm(
  name: string,
  format: 'ctranslate2-int8' | 'ggml',
  options: InstallOptions,
): Promise<InstalledForm> {
  return makeFormOf(name, format, {
    ...options,
    source: () => installedFolder(name, format, options),
  });
}

/** {@link makeForm} of anything; `source` is asked where the form is missing. */
export async function makeFormOf(
  name: string,
  format: ModelFormat,
  options: InstallOptions & { readonly source: () => Promise<FormSource> },
): Promise<InstalledForm> {
  return installOnce(name, format, { ...options, bring: () => make(name, format, options) });
}

async function installedFolder(
  name: string,
  format: 'ctranslate2-int8' | 'ggml',
  { root }: InstallOptions,
): Promise<FormSource> {
  const input = modelPath(root, name, 'ctranslate2');
  const bytes = await sizeOf(join(input, 'model.bin'));
  const origin = 'made from the installed ctranslate2 folder';
  // An int8 matrix has half of its float16 bytes; ggml's are as large as the folder's.
  return format === 'ggml'
    ? { input, origin, to: 'ggml-f16', bytes }
    : { input, origin, to: 'ctranslate2-int8', bytes: bytes * 0.6 };
}

async function make(
  name: string,
  format: ModelFormat,
  options: InstallOptions & { readonly source: () => Promise<FormSource> },
): Promise<readonly string[]> {
  const { root, signal, onDownload } = options;
  const { input, to, origin, bytes } = await options.source();
  const staging = stagingFolder(root, name, format);
  await checkDiskSpace(`The ${format} form of model ${name}`, root, bytes);
  await rm(staging, { recursive: true, force: true });
  const output =
    format === 'ggml' ? join(staging, basename(modelPath(root, name, 'ggml'))) : staging;
  const onProgress = (fraction: number): void =>
    onDownload?.({ type: 'making', model: name, format, fraction });
  onProgress(0);
  await convertModel({ input, output, to }, { ...(signal && { signal }), onProgress });
  const files = await recordFiles(staging, { signal });
  await placeForm({ root, name, format, staging, record: { origin, files } });
  return [];
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw fileError('read', path, error);
  }
}
