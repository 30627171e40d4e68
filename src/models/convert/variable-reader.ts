import { BinaryFile } from './binary-file.js';
import { bfloatsToFloats, halvesToFloats } from './half-float.js';
import {
  variableTypeBytes,
  type ModelVariable,
  type ModelWeights,
  type Piece,
  type VariableType,
} from './model-weights.js';

/** Some consecutive numbers of a variable. */
export interface Slice {
  readonly start: number;
  readonly length: number;
}

/** The variable of that name (or alias); CPW_MODEL_INCOMPATIBLE when it is missing. */
export function requireVariable(model: ModelWeights, name: string): ModelVariable {
  const found = model.variables.get(model.aliases.get(name) ?? name);
  if (found === undefined) throw model.damaged(`it has no variable '${name}'`);
  return found;
}

/** True for the three floating-point types. */
export function isFloat({ type }: Pick<ModelVariable, 'type'>): boolean {
  return type === 'float32' || type === 'float16' || type === 'bfloat16';
}

/** The bytes of a slice, as numbers of the variable's type. */
export async function readBytes(
  variable: ModelVariable,
  slice: Slice,
): Promise<Uint8Array<ArrayBuffer>> {
  const found: Uint8Array<ArrayBuffer>[] = [];
  let before = 0;
  for (const piece of variable.pieces) {
    const start = Math.max(slice.start, before);
    const end = Math.min(slice.start + slice.length, before + piece.length);
    const part = { start: start - before, length: end - start };
    if (part.length > 0) found.push(await readPiece(piece, part, variable.type));
    before += piece.length;
  }
  const [only] = found;
  return found.length === 1 && only !== undefined ? only : joined(found);
}

/** A slice of a floating-point variable as floats; CPW_MODEL_INCOMPATIBLE for other types. */
export async function readFloats(
  model: ModelWeights,
  variable: ModelVariable,
  slice: Slice,
): Promise<Float32Array> {
  if (!isFloat(variable)) {
    throw model.damaged(`'${variable.name}' is ${variable.type}, a float type is needed`);
  }
  const { buffer } = await readBytes(variable, slice);
  return widen(buffer, variable.type);
}

/** The value of an integer scalar such as `decoder/num_heads`. */
export async function readInteger(model: ModelWeights, name: string): Promise<number> {
  const variable = requireVariable(model, name);
  const scalar = variable.dims.length === 0;
  const { buffer } = await readBytes(variable, { start: 0, length: scalar ? 1 : 0 });
  const view = new DataView(buffer);
  if (scalar && variable.type === 'int8') return view.getInt8(0);
  if (scalar && variable.type === 'int16') return view.getInt16(0, true);
  if (scalar && variable.type === 'int32') return view.getInt32(0, true);
  throw model.damaged(`'${name}' is no integer`);
}

async function readPiece(
  { source, offset, type }: Piece,
  { start, length }: Slice,
  wanted: VariableType,
): Promise<Uint8Array<ArrayBuffer>> {
  const width = variableTypeBytes[type];
  const from = offset + start * width;
  const bytes =
    source instanceof BinaryFile
      ? await source.readAt(from, length * width)
      : Uint8Array.from(source.subarray(from, from + length * width));
  return type === wanted ? bytes : new Uint8Array(widen(bytes.buffer, type).buffer);
}

function widen(buffer: ArrayBuffer, type: VariableType): Float32Array<ArrayBuffer> {
  if (type === 'float16') return halvesToFloats(new Uint16Array(buffer));
  if (type === 'bfloat16') return bfloatsToFloats(new Uint16Array(buffer));
  return new Float32Array(buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
