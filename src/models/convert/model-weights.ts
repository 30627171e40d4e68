import type { CpwError } from '../../errors.js';
import type { BinaryFile } from './binary-file.js';

/** The number types of CTranslate2, in the order of their ids in a file. */
export const variableTypes = ['float32', 'int8', 'int16', 'int32', 'float16', 'bfloat16'] as const;

/** The name of a number type in a CTranslate2 model. */
export type VariableType = (typeof variableTypes)[number];

/** Bytes that one number of a type takes. */
export const variableTypeBytes: Readonly<Record<VariableType, number>> = {
  float32: 4,
  int8: 1,
  int16: 2,
  int32: 4,
  float16: 2,
  bfloat16: 2,
};

/** A stretch of stored numbers: in a file, or given as bytes. */
export interface Piece {
  readonly source: BinaryFile | Uint8Array;
  /** Bytes before the first number. */
  readonly offset: number;
  readonly type: VariableType;
  /** How many numbers. */
  readonly length: number;
}

/** One variable of a model; `dims` is empty for a scalar. */
export interface ModelVariable {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: VariableType;
  readonly byteLength: number;
  /** What it is put together from; their types are its own, or it is float32. */
  readonly pieces: readonly Piece[];
}

/** A model's numbers under CTranslate2's names, wherever they lie. */
export interface ModelWeights {
  /** Of the file or folder, for messages. */
  readonly path: string;
  readonly spec: string;
  readonly revision: number;
  readonly variables: ReadonlyMap<string, ModelVariable>;
  /** Alias to variable name. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The error for contents that cannot be right; `what` goes on after the file's name. */
  damaged(what: string, nextStep?: string): CpwError;
}

/** How many numbers a shape holds. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** How many numbers a model holds: what the progress of a conversion is counted in. */
export function sizeOf(weights: ModelWeights): number {
  let total = 0;
  for (const { dims } of weights.variables.values()) total += countOf(dims);
  return total;
}
