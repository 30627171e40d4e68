import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hubOptionsSchema } from '../options/download.js';
import { parseOptions } from '../options/parse.js';
import type { ModelWish } from './choose-format.js';
import type { ConversionTarget } from './convert/convert-model.js';
import { hubCompanions } from './convert/hub-whisper.js';
import { openHubTensors } from './convert/hub-tensors.js';
import { detectModel } from './detect-model.js';
import type { EnsureOptions } from './ensure-model.js';
import type { InstalledForm } from './install-form.js';
import { installedFormats, isModelName, modelsRoot, type ModelFormat } from './layout.js';
import { makeFormOf } from './make-form.js';
import { canonicalName, findModel } from './registry.js';

/** To be raised when the converters write other bytes than before. */
const FORM_VERSION = 1;

/**
 * The form that runs in place of a folder (or file) of safetensors: neither engine reads those, so
 * the form that a wish needs is made at the first use and kept in the store, under the folder's name
 * and a hash of its files' names, sizes and times. Undefined where `nameOrPath` is anything else.
 */
export async function formOfSafeTensors(
  nameOrPath: string,
  wish: ModelWish,
  options: EnsureOptions,
): Promise<InstalledForm | undefined> {
  const root = resolve(options.root ?? modelsRoot());
  if (!existsSync(nameOrPath) || (await isInStore(root, canonicalName(nameOrPath)))) {
    return undefined;
  }
  const detected = await detectModel(nameOrPath);
  if (detected.kind !== 'safetensors-whisper') return undefined;
  const input = resolve(detected.file);
  const { format, to } = formFor(wish);
  const { hash, bytes } = await fingerprint(input);
  const quantized = /^ggml-(q.*)$/.exec(to)?.[1];
  const name = [nameFor(dirname(input)), hash, ...(quantized === undefined ? [] : [quantized])];
  const hub = parseOptions(hubOptionsSchema, options.hub ?? {}, { subject: 'download' });
  const source = () => Promise.resolve({ input, to, bytes, origin: `made from ${input}` });
  return makeFormOf(name.join('-'), format, { ...options, root, hub, source });
}

/** A name comes before a path, as `resolveModel` has it. */
async function isInStore(root: string, name: string): Promise<boolean> {
  if (!isModelName(name)) return false;
  return findModel(name) !== undefined || (await installedFormats(root, name)).length > 0;
}

function formFor({ engine, device, computeType }: ModelWish): {
  readonly format: ModelFormat;
  readonly to: ConversionTarget;
} {
  const quantized = (['q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0'] as const).find(
    (type) => type === computeType,
  );
  if (engine === 'whisper' || (engine === 'auto' && (device === 'metal' || quantized))) {
    return { format: 'ggml', to: quantized === undefined ? 'ggml-f16' : `ggml-${quantized}` };
  }
  const int8 = device === 'cpu' && ['auto', 'int8', 'int8_float32'].includes(computeType);
  const format = int8 ? 'ctranslate2-int8' : 'ctranslate2';
  return { format, to: format };
}

async function fingerprint(path: string): Promise<{ hash: string; bytes: number }> {
  await using model = await openHubTensors(path);
  const tensors = [...model.tensors.values()];
  const weights = new Set(tensors.map(({ file }) => file.path));
  const companions = hubCompanions.map((name) => join(dirname(path), name));
  const hash = createHash('sha256').update(`form ${FORM_VERSION}\n`);
  for (const file of [...weights, ...companions].toSorted()) {
    const info = await stat(file).catch(() => undefined);
    hash.update(`${basename(file)} ${info?.size ?? '-'} ${info?.mtimeMs ?? '-'}\n`);
  }
  const bytes = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { hash: hash.digest('hex').slice(0, 12), bytes };
}

function nameFor(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[^\p{L}\p{N}\p{M}._+@-]+/gu, '_')
    .slice(0, 64);
  return isModelName(name) ? name : 'whisper';
}
