import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { CpwError } from '../../errors.js';
import { incompatible, type BinaryFile } from './binary-file.js';
import { readJsonAs } from './json-file.js';
import { openSafeTensors, type SafeTensor, type SafeTensors } from './safetensors.js';

/** A tensor and the file that holds it. */
export interface HubTensor extends SafeTensor {
  readonly file: BinaryFile;
}

/** The tensors of one model, of one file or of several. */
export interface HubTensors extends AsyncDisposable {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, HubTensor>;
  /** The error for contents that cannot be right. */
  damaged(what: string, nextStep?: string): CpwError;
}

/** The names of a model's file and of its list of files, as the hub gives them. */
export const hubFileNames = ['model.safetensors', 'model.safetensors.index.json'] as const;

/** Whisper large-v3 in float32 has two. */
const MAX_FILES = 64;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens a safetensors file, or all files that an index (`….index.json`) lists. Throws
 * CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE.
 */
export async function openHubTensors(path: string): Promise<HubTensors> {
  return path.endsWith('.json') ? openIndex(path) : collect(path, [await openSafeTensors(path)]);
}

async function openIndex(path: string): Promise<HubTensors> {
  const { weight_map: map } = await readJsonAs(path, indexSchema);
  const names = [...new Set(Object.values(map))];
  if (names.length === 0) throw incompatible(path, 'it lists no file');
  if (names.length > MAX_FILES) throw incompatible(path, `it lists ${names.length} files`);
  const odd = names.find((name) => !/^[\w.-]+\.safetensors$/.test(name));
  if (odd !== undefined) {
    throw incompatible(path, `it lists ${JSON.stringify(odd.slice(0, 80))}, which is no file name`);
  }
  const opened: SafeTensors[] = [];
  try {
    for (const name of names) opened.push(await openSafeTensors(join(dirname(path), name)));
    const found = collect(path, opened);
    checkIndex(found, map);
    return found;
  } catch (error) {
    for (const { file } of opened) await file.close();
    throw error;
  }
}

function collect(path: string, opened: readonly SafeTensors[]): HubTensors {
  const tensors = new Map<string, HubTensor>();
  for (const { file, tensors: inFile } of opened) {
    for (const tensor of inFile.values()) {
      if (tensors.has(tensor.name)) {
        throw file.damaged(`its tensor '${tensor.name}' stands in another file of the model too`);
      }
      tensors.set(tensor.name, { ...tensor, file });
    }
  }
  return {
    path,
    tensors,
    damaged: (what, nextStep) => incompatible(path, what, nextStep),
    async [Symbol.asyncDispose]() {
      for (const { file } of opened) await file.close();
    },
  };
}

function checkIndex(found: HubTensors, map: Readonly<Record<string, string>>): void {
  for (const [name, fileName] of Object.entries(map)) {
    const file = found.tensors.get(name)?.file;
    if (file !== undefined && basename(file.path) === fileName) continue;
    throw found.damaged(`'${fileName}' does not hold ${JSON.stringify(name.slice(0, 80))}`);
  }
  const unlisted = [...found.tensors.keys()].find((name) => !Object.hasOwn(map, name));
  if (unlisted !== undefined) throw found.damaged(`it does not list the tensor '${unlisted}'`);
}
