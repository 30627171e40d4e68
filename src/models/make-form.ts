import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { convertModel } from './convert/convert-model.js';
import { fileError } from './convert/file-error.js';
import { checkDiskSpace } from './disk-space.js';
import { installOnce, type InstalledForm, type InstallOptions } from './install-form.js';
import { modelPath } from './layout.js';
import { recordFiles } from './model-record.js';
import { placeForm, stagingFolder } from './place-form.js';

/**
 * Makes a form of a model's installed float16 folder, unless it is there. Needs no network. Throws
 * what `convertModel` throws, and CPW_OUT_OF_MEMORY before it begins where the disk is too small.
 */
export async function makeForm(
  name: string,
  format: 'ctranslate2-int8' | 'ggml',
  options: InstallOptions,
): Promise<InstalledForm> {
  return installOnce(name, format, { ...options, bring: () => make(name, format, options) });
}

async function make(
  name: string,
  format: 'ctranslate2-int8' | 'ggml',
  { root, signal, onDownload }: InstallOptions,
): Promise<readonly string[]> {
  const staging = stagingFolder(root, name, format);
  const input = modelPath(root, name, 'ctranslate2');
  const bytes = await sizeOf(join(input, 'model.bin'));
  // An int8 matrix has half of its float16 bytes; ggml's are as large as the folder's.
  const needed = format === 'ggml' ? bytes : bytes * 0.6;
  await checkDiskSpace(`The ${format} form of model ${name}`, root, needed);
  await rm(staging, { recursive: true, force: true });
  const output =
    format === 'ggml' ? join(staging, basename(modelPath(root, name, 'ggml'))) : staging;
  const onProgress = (fraction: number): void =>
    onDownload?.({ type: 'making', model: name, format, fraction });
  onProgress(0);
  const to = format === 'ggml' ? 'ggml-f16' : 'ctranslate2-int8';
  await convertModel({ input, output, to }, { ...(signal && { signal }), onProgress });
  const files = await recordFiles(staging, { signal });
  const origin = 'made from the installed ctranslate2 folder';
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
