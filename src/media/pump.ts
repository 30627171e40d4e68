import { CpwError } from '../errors.js';
import type { NativeAudioInput } from '../native/addon.js';

/** An input made ready for one native call. */
export interface OpenedInput {
  readonly native: NativeAudioInput;
  /** Feeds the native side while the call runs; `stop()` ends it and releases the stream. */
  readonly pump?: { readonly done: Promise<void>; stop(): Promise<void> };
  /** What the caller's own stream failed with, to be told instead of the native error. */
  failure(): CpwError | undefined;
}

type Chunk = Uint8Array | Float32Array;

/**
 * Moves chunks to the native side, each as soon as there is room. `release` frees what the chunks
 * come from; stopping waits for it.
 */
export function pumped(
  native: NativeAudioInput,
  chunks: AsyncIterable<Chunk>,
  release: () => Promise<void> = async () => undefined,
): OpenedInput {
  const iterator = chunks[Symbol.asyncIterator]();
  let stopped = false;
  let failure: CpwError | undefined;
  const run = async (): Promise<void> => {
    try {
      let kind: 'samples' | 'bytes' | undefined;
      while (!stopped) {
        const next = await iterator.next();
        if (next.done === true || stopped) break;
        kind = checkChunk(next.value, kind);
        if (next.value.length > 0) await native.push(next.value);
        else checkBuffer(next.value);
      }
      native.end();
    } catch (cause) {
      if (stopped) return;
      failure = cause instanceof CpwError ? cause : streamFailed(cause);
      native.fail(failure.code, failure.message);
    }
  };
  const done = run();
  const stop = async (): Promise<void> => {
    stopped = true;
    letGo(iterator);
    native.end();
    await release();
  };
  return { native, pump: { done, stop }, failure: () => failure };
}

/** The input, with something more to free once it has stopped. */
export function withRelease(opened: OpenedInput, release: () => Promise<void>): OpenedInput {
  const { pump } = opened;
  if (pump === undefined) return opened;
  const stop = async (): Promise<void> => {
    await pump.stop();
    await release();
  };
  return { ...opened, pump: { done: pump.done, stop } };
}

/** Ends an iterator. A source that never yields again must not hold up the caller: it is told, not awaited. */
export function letGo(iterator: AsyncIterator<unknown>): void {
  void Promise.resolve(iterator.return?.()).catch(() => undefined);
}

/** What was read ahead, then the rest. */
export async function* resumed<T>(
  ahead: readonly T[],
  rest: AsyncIterator<T>,
): AsyncGenerator<T, void> {
  try {
    yield* ahead;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

export async function* slices<T extends Chunk>(whole: T, size: number): AsyncGenerator<T, void> {
  const { length } = whole;
  for (let start = 0; start < length; start += size) {
    if (whole.length !== length) {
      throw wrongInput('its buffer was detached or resized while it was read');
    }
    yield whole.subarray(start, start + size) as T;
  }
}

export function checkChunk(
  chunk: unknown,
  kind: 'samples' | 'bytes' | undefined,
): 'samples' | 'bytes' {
  const found =
    chunk instanceof Float32Array ? 'samples' : chunk instanceof Uint8Array ? 'bytes' : undefined;
  if (found === undefined) {
    throw wrongInput(`its stream yielded ${typeof chunk === 'string' ? 'text' : typeof chunk}`);
  }
  if (kind !== undefined && kind !== found) throw wrongInput('its stream mixed bytes and samples');
  return found;
}

/** An empty array is fine, a detached one is a mistake; a view on it tells them apart. */
export function checkBuffer(array: Chunk): void {
  try {
    void new Uint8Array(array.buffer, 0, 0).length;
  } catch (cause) {
    throw wrongInput('its buffer is detached', cause);
  }
}

export function wrongInput(what: string, cause?: unknown): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `The input cannot be taken: ${what}. Next step: give a path, a file URL, a Uint8Array, a ` +
      'Readable or AsyncIterable of bytes, or Float32Array samples (16 kHz mono) or an AsyncIterable of them.',
    { cause },
  );
}

export function streamFailed(cause: unknown): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_MEDIA',
    `The input stream failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}
