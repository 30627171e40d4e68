import { bfloatsToFloats, halvesToFloats } from './half-float.js';
import type { BinaryFile } from './binary-file.js';
import {
  variableTypeBytes,
  type CTranslate2Model,
  type ModelVariable,
} from './ctranslate2-model.js';

/** Some consecutive numbers of a variable. */
export interface Slice {
  readonly start: number;
  readonly length: number;
}

/** The variable of that name (or alias); CPW_MODEL_INCOMPATIBLE when it is missing. */
export function requireVariable(model: CTranslate2Model, name: string): ModelVariable {
  const found = model.variables.get(model.aliases.get(name) ?? name);
  if (found === undefined) throw model.file.damaged(`it has no variable '${name}'`);
  return found;
}

/** True for the three floating-point types. */
export function isFloat(variable: ModelVariable): boolean {
  return variable.type === 'float32' || variable.type === 'float16' || variable.type === 'bfloat16';
}

/** The stored bytes of a slice, unconverted. */
export async function readBytes(
  file: BinaryFile,
  variable: ModelVariable,
  slice: Slice,
): Promise<Uint8Array<ArrayBuffer>> {
  const width = variableTypeBytes[variable.type];
  return file.readAt(variable.offset + slice.start * width, slice.length * width);
}

/** A slice of a floating-point variable as floats; CPW_MODEL_INCOMPATIBLE for other types. */
export async function readFloats(
  file: BinaryFile,
  variable: ModelVariable,
  slice: Slice,
): Promise<Float32Array> {
  if (!isFloat(variable)) {
    throw file.damaged(`'${variable.name}' is ${variable.type}, a float type is needed`);
  }
  const { buffer } = await readBytes(file, variable, slice);
  if (variable.type === 'float16') return halvesToFloats(new Uint16Array(buffer));
  if (variable.type === 'bfloat16') return bfloatsToFloats(new Uint16Array(buffer));
  return new Float32Array(buffer);
}

/** The value of an integer scalar such as `decoder/num_heads`. */
export async function readInteger(model: CTranslate2Model, name: string): Promise<number> {
  const variable = requireVariable(model, name);
  const scalar = variable.dims.length === 0;
  const { buffer } = await readBytes(model.file, variable, { start: 0, length: scalar ? 1 : 0 });
  const view = new DataView(buffer);
  if (scalar && variable.type === 'int8') return view.getInt8(0);
  if (scalar && variable.type === 'int16') return view.getInt16(0, true);
  if (scalar && variable.type === 'int32') return view.getInt32(0, true);
  throw model.file.damaged(`'${name}' is no integer`);
}

/** How many numbers a shape holds. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
