import type { Segment, Transcript } from '../types.js';

/** What a call reports while it runs, and how it is stopped. */
export interface TranscribeContext {
  /** Aborting rejects the call with `signal.reason` and leaves nothing running. */
  readonly signal?: AbortSignal;
  /** 0..1, never falling; only as often as the engine has news. */
  readonly onProgress?: (fraction: number) => void;
  /** Each segment as soon as it is final, in order. */
  readonly onSegment?: (segment: Segment) => void;
}

/** A running transcription: a promise of the whole, and an async iterable of its segments. */
export interface Transcription extends Promise<Transcript>, AsyncIterable<Segment> {}

/**
 * Starts `run` and offers its segments both ways. Iterating may begin at any time and misses
 * nothing; leaving the loop early aborts the call.
 */
export function startTranscription(
  run: (context: TranscribeContext) => Promise<Transcript>,
  context: TranscribeContext,
): Transcription {
  const segments: Segment[] = [];
  const stopped = new AbortController();
  let wake: (() => void) | undefined;
  let settled = false;
  const signal = context.signal
    ? AbortSignal.any([context.signal, stopped.signal])
    : stopped.signal;
  const onSegment = (segment: Segment): void => {
    segments.push(segment);
    wake?.();
    context.onSegment?.(segment);
  };
  const promise = run({ ...context, signal, onSegment }).finally(() => {
    settled = true;
    wake?.();
  });
  async function* iterate(): AsyncGenerator<Segment, void> {
    // A loop that ends early drops the promise: its rejection must not count as unhandled.
    promise.catch(() => undefined);
    try {
      for (let next = 0; ;) {
        const segment = segments[next];
        if (segment !== undefined) {
          next += 1;
          yield segment;
        } else if (settled) {
          await promise; // throws what the call failed with
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      stopped.abort();
    }
  }
  return Object.assign(promise, { [Symbol.asyncIterator]: iterate });
}
