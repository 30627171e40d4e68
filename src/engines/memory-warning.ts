import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedModel } from '../models/store.js';
import { availableMemory } from '../native/memory.js';

/**
 * Says so, with both numbers, where the weights alone are larger than the memory that this process
 * may still take; undefined where they fit. What an engine computes in comes on top of them.
 */
export async function memoryWarning(
  { path, format }: Pick<ResolvedModel, 'path' | 'format'>,
  available = availableMemory(),
): Promise<string | undefined> {
  const file = format === 'ggml' ? path : join(path, 'model.bin');
  const bytes = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (bytes <= available) return undefined;
  const shown = [bytes, available].map((size) => `${Math.ceil(size / 2 ** 20)} MiB`);
  return `warning: ${shown[0]} of weights, and only ${shown[1]} of memory can be taken`;
}
