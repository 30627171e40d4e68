import type { ResolvedModel } from '../models/store.js';
import { availableMemory } from '../native/memory.js';
import { weightsBytes } from './memory-estimate.js';

/**
 * Says so, with both numbers, where the weights alone are larger than the memory that this process
 * may still take; undefined where they fit. What an engine computes in comes on top of them.
 */
export async function memoryWarning(
  { path, format }: Pick<ResolvedModel, 'path' | 'format'>,
  available = availableMemory(),
): Promise<string | undefined> {
  const bytes = await weightsBytes({ path, format });
  if (bytes <= available) return undefined;
  const shown = [bytes, available].map((size) => `${Math.ceil(size / 2 ** 20)} MiB`);
  return `warning: ${shown[0]} of weights, and only ${shown[1]} of memory can be taken`;
}
