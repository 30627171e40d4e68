import type { Segment, Transcript } from '../types.js';

/** What a call reports while it runs, and how it is stopped. */
export interface TranscribeContext {
  /** Aborting rejects the call with `signal.reason` and leaves nothing running. */
  readonly signal?: AbortSignal;
  /** 0..1, never falling; only as often as the engine has news. */
  readonly onProgress?: (fraction: number) => void;
  /**
   * What the user should know of the input, in words: which of several audio tracks was taken, what
   * could not be decoded.
   */
  readonly onNote?: (text: string) => void;
  /** Each segment as soon as it is final, in order. */
  readonly onSegment?: (segment: Segment) => void;
  /**
   * Seconds of the recording up to which an earlier call with the same input and options has come,
   * the end of a window's last segment. What it has heard is read and not decoded again, and what
   * follows is what that call would have come to. Needs `vad`, and no `conditionOnPreviousText`.
   */
  readonly resumeS?: number;
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
  const news = new Set<() => void>();
  const tell = (): void => {
    for (const wake of news) wake();
    news.clear();
  };
  const stopped = new AbortController();
  const signals = context.signal ? [context.signal, stopped.signal] : [stopped.signal];
  const onSegment = (segment: Segment): void => {
    segments.push(segment);
    tell();
    context.onSegment?.(segment);
  };
  const promise = run({ ...context, signal: AbortSignal.any(signals), onSegment }).finally(tell);
  const wait = (): Promise<unknown> =>
    Promise.race([promise, new Promise<void>((resolve) => news.add(resolve))]);
  async function* iterate(): AsyncGenerator<Segment, void> {
    // A loop that ends early drops the promise: its rejection must not count as unhandled.
    promise.catch(() => undefined);
    let settled = false;
    const end = promise.then(() => (settled = true));
    end.catch(() => undefined);
    try {
      for (let next = 0; ; next += 1) {
        // Segments that came before a failure are handed out first; then wait() throws it.
        while (segments[next] === undefined && !settled) await wait();
        const segment = segments[next];
        if (segment === undefined) return;
        yield segment;
      }
    } finally {
      stopped.abort();
    }
  }
  return Object.assign(promise, { [Symbol.asyncIterator]: iterate });
}
