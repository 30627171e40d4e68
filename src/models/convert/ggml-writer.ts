import {
  GGML_MAGIC,
  ggmlTypes,
  whisperParameterNames,
  type WhisperParameters,
} from './ggml-model.js';
import type { OutputFile } from './output.js';

/** A tensor to be written; `dims` in ggml's order, the fastest-running first. */
export interface GgmlTensorHead {
  readonly name: string;
  readonly dims: readonly number[];
  /** ggml's name of its number type. */
  readonly type: string;
}

/** Everything of a Whisper file that stands before its tensors. */
export interface GgmlWhisperHead {
  readonly parameters: WhisperParameters;
  /** One row per mel band. */
  readonly melFilters: Float32Array;
  readonly vocabulary: readonly Uint8Array[];
}

/** Everything of a Silero file that stands before its tensors. */
export interface GgmlSileroHead {
  readonly version: readonly [number, number, number];
  readonly shape: readonly number[];
}

/** Writes the beginning of a Whisper file. */
export async function writeWhisperHead(file: OutputFile, head: GgmlWhisperHead): Promise<void> {
  const { mels } = head.parameters;
  await file.write(int32(GGML_MAGIC, ...whisperParameterNames.map((n) => head.parameters[n])));
  await file.write(int32(mels, head.melFilters.length / mels));
  await file.write(bytesOf(head.melFilters));
  await file.write(int32(head.vocabulary.length));
  await file.write(Buffer.concat(head.vocabulary.flatMap((one) => [int32(one.length), one])));
}

/** Writes the beginning of a Silero file. */
export async function writeSileroHead(file: OutputFile, head: GgmlSileroHead): Promise<void> {
  const type = new TextEncoder().encode('silero-16k');
  await file.write(int32(GGML_MAGIC, type.length));
  await file.write(type);
  await file.write(int32(...head.version, ...head.shape));
}

/** Writes what stands before a tensor's numbers; the numbers follow by `file.write`. */
export async function writeTensorHead(file: OutputFile, tensor: GgmlTensorHead): Promise<void> {
  const name = new TextEncoder().encode(tensor.name);
  const type = ggmlTypes.get(tensor.type)?.id;
  if (type === undefined) throw new RangeError(`${tensor.name}: ${tensor.type} has no id`);
  await file.write(int32(tensor.dims.length, name.length, type, ...tensor.dims));
  await file.write(name);
}

/** The bytes of a typed array, not copied. */
export function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function int32(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => view.setInt32(i * 4, value, true));
  return new Uint8Array(view.buffer);
}
