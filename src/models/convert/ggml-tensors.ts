import { writeTensorHead, bytesOf } from './ggml-writer.js';
import type { QuantizedType } from './ggml-model.js';
import type { Progress } from './convert-control.js';
import { areFloatsFinite, areHalvesFinite, floatsToHalves } from './half-float.js';
import { countOf } from './model-weights.js';
import type { OutputFile } from './output.js';
import { quantizeToBlocks } from './quantize-ggml.js';

/** The number formats that matrices can be written in. */
export type GgmlWeights = 'f16' | QuantizedType;

/** A tensor to be written, and where its numbers come from, some at a time. */
export interface TensorToWrite {
  readonly name: string;
  /** In ggml's order, the fastest-running first. */
  readonly dims: readonly number[];
  readonly type: 'f32' | GgmlWeights;
  /** Halves where they are stored as such, to be taken over as they are. */
  read(start: number, length: number): Promise<Float32Array | Uint16Array>;
}

/** Numbers that are worked on at once: 4 MB as floats, whatever the size of the model. */
export const CHUNK = 1024 * 1024;

/**
 * Writes a tensor's head and numbers. Returns what is wrong with the numbers, in words for a
 * message, or undefined.
 */
export async function writeTensor(
  target: OutputFile,
  tensor: TensorToWrite,
  progress: Progress,
): Promise<string | undefined> {
  await writeTensorHead(target, tensor);
  const count = countOf(tensor.dims);
  const row = tensor.dims[0] ?? 1;
  const atOnce = Math.max(row, Math.floor(CHUNK / row) * row);
  for (let done = 0; done < count; done += atOnce) {
    const length = Math.min(atOnce, count - done);
    const bytes = await encode(await tensor.read(done, length), tensor, progress.signal);
    if (typeof bytes === 'string') return bytes;
    await target.write(bytes);
    progress.advance(length);
  }
  return undefined;
}

/** True for the tensors that whisper.cpp's own quantize program turns into blocks. */
export function isQuantized(name: string, dims: readonly number[]): boolean {
  return dims.length === 2 && !/positional_embedding$|^encoder\.conv\d\.bias$/.test(name);
}

async function encode(
  values: Float32Array | Uint16Array,
  { type, dims }: TensorToWrite,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | string> {
  if (values instanceof Uint16Array) {
    return areHalvesFinite(values) ? bytesOf(values) : NOT_FINITE;
  }
  if (type === 'f32') return areFloatsFinite(values) ? bytesOf(values) : NOT_FINITE;
  if (type === 'f16') {
    const halves = floatsToHalves(values);
    return halves === undefined ? 'holds a weight too large for float16' : bytesOf(halves);
  }
  return (await quantizeToBlocks(values, { type, rowLength: dims[0] ?? 0, signal })) ?? NOT_FINITE;
}

const NOT_FINITE = 'holds an infinite weight';
