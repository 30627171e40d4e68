import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedModel } from '../models/store.js';
import type { DeviceName, EngineName } from '../types.js';
import type { BatchLimits } from './batch-limits.js';

const mebibyte = 2 ** 20;

/** What of an engine's memory grows with what. */
interface Shares {
  /** Resident after loading, by the size of the weights' file. */
  readonly byFile: number;
  /** Resident after loading whatever the model: the addon's code and tables. */
  readonly fixedMiB: number;
  /**
   * What a replica computes in, by the square root of the file's size in MiB: it grows with the
   * width of a model, the weights with its square.
   */
  readonly byReplica: number;
  /** What a window of 30 s keeps for each further one of its batch, by the size of the file. */
  readonly byRow: number;
}

// Measured with tiny.en and base on Linux x64, a process for each, resident memory above that of
// Node before (MiB). After loading: ctranslate2, int8 file of 39: 93, of 73: 220; float32 from a
// file of 72: 238, of 139: 448; whisper, f16 file of 74: 103, of 141: 172. A replica at work, the
// window decoded with a beam of 8: ctranslate2 int8 119 and 141, float32 greedy 136 and 186; whisper
// 97 and 155. A row keeps keys and values of its 1,500 positions in half precision: 19 MB in base, 9
// in tiny. Larger models were not measured.
const shares: Readonly<Record<EngineName, Shares>> = {
  ctranslate2: { byFile: 3.25, fixedMiB: 0, byReplica: 18, byRow: 0.28 },
  whisper: { byFile: 1.05, fixedMiB: 30, byReplica: 13, byRow: 0 },
};

/** Bytes of a model's weights on the disk; 0 where they cannot be read. */
export async function weightsBytes({
  path,
  format,
}: Pick<ResolvedModel, 'path' | 'format'>): Promise<number> {
  const file = format === 'ggml' ? path : join(path, 'model.bin');
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** Bytes of this process's memory that a loaded model takes at work, rather too many than too few. */
export async function estimateMemory({
  model,
  device,
  replicas,
  batch,
}: {
  readonly model: Pick<ResolvedModel, 'engine' | 'path' | 'format'>;
  readonly device: DeviceName;
  readonly replicas: number;
  readonly batch: Pick<BatchLimits, 'seconds'>;
}): Promise<number> {
  const file = await weightsBytes(model);
  // On a GPU the weights only pass through.
  if (device !== 'cpu') return file;
  const { byFile, fixedMiB, byReplica, byRow } = shares[model.engine];
  const ofReplica = byReplica * Math.sqrt(file / mebibyte) * mebibyte;
  // The audio of two windows is what a replica was measured with.
  const ofRows = file * byRow * Math.max(0, batch.seconds / 30 - 2);
  return Math.round(file * byFile + fixedMiB * mebibyte + replicas * (ofReplica + ofRows));
}
