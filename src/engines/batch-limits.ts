import { CpwError } from '../errors.js';
import type { ParsedRecognizerOptions } from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';

/** What a replica decodes together. */
export interface BatchLimits {
  /** Windows. */
  readonly rows: number;
  /** Seconds of audio in them. */
  readonly seconds: number;
  /** In words. */
  readonly reason: string;
}

/** The longest window. */
const windowS = 30;

/** Throws CPW_INVALID_OPTIONS where the engine decodes its windows one by one. */
export function batchLimits(
  engine: EngineName,
  device: DeviceName,
  batchSize: ParsedRecognizerOptions['batchSize'],
): BatchLimits {
  if (engine === 'whisper') {
    if (batchSize === 'auto' || batchSize === 1) return { rows: 1, seconds: windowS, reason: '' };
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `batchSize ${batchSize} has no effect on the whisper engine, which decodes windows one by ` +
        'one. Next step: leave it out, or choose the engine ctranslate2.',
      { details: { batchSize, engine } },
    );
  }
  if (batchSize !== 'auto') return limits(batchSize, batchSize * windowS, 'as asked');
  if (device !== 'cpu') return limits(8, 8 * windowS, 'the default of a GPU');
  // A step of the decoder reads all its weights, so windows share it; but each keeps its projected
  // audio (13 KB a frame in base), and a run is to stay within what two full windows take.
  return limits(4, 2 * windowS, 'more gains little on a cpu');
}

function limits(rows: number, seconds: number, why: string): BatchLimits {
  const windows = rows === 1 ? 'one window' : `up to ${rows} windows or ${seconds} s`;
  return { rows, seconds, reason: `batches of ${windows}: ${why}` };
}
