import { runJob } from '../../native/handle.js';
import { loadAddon } from '../../native/load.js';
import { areFloatsFinite } from './half-float.js';
import { ggmlTypes, type QuantizedType } from './ggml-model.js';

/** Into which blocks, and how long a row is. */
export interface BlockOptions {
  readonly type: QuantizedType;
  /** Numbers in a row; {@link fitsBlocks} must hold for it. */
  readonly rowLength: number;
  readonly signal?: AbortSignal | undefined;
}

/** True for a row length that whole blocks of that type fill. */
export function fitsBlocks(type: QuantizedType, rowLength: number): boolean {
  return rowLength % (ggmlTypes.get(type)?.blockLength ?? Infinity) === 0;
}

/**
 * Whole rows in the blocks of ggml's quantiser, made off the JavaScript thread. Undefined when one
 * of the numbers is infinite or NaN, of which the quantiser makes any number.
 */
export async function quantizeToBlocks(
  values: Float32Array,
  { type, rowLength, signal }: BlockOptions,
): Promise<Uint8Array | undefined> {
  if (!areFloatsFinite(values)) return undefined;
  return runJob(() => loadAddon().quantizeGgml(values, { type, rowLength }), signal);
}
