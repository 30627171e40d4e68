import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CpwError } from '../errors.js';
import type { NativeAddon, NativeAudioInput } from '../native/addon.js';

/**
 * What can be transcribed: the path or file URL of an audio file, an encoded file in memory or as a
 * stream of bytes (a Readable is one), 16 kHz mono samples, or a stream of them.
 */
export type AudioInput =
  | string
  | URL
  | Uint8Array
  | Float32Array
  | AsyncIterable<Uint8Array>
  | AsyncIterable<Float32Array>;

/** An input made ready for one native call. */
export interface OpenedInput {
  readonly native: NativeAudioInput;
  /** Feeds the native side while the call runs; `stop()` ends it and releases the stream. */
  readonly pump?: { readonly done: Promise<void>; stop(): Promise<void> };
  /** What the caller's own stream failed with, to be told instead of the native error. */
  failure(): CpwError | undefined;
}

/** Seconds of samples, or of one-byte-a-sample audio, that may wait between JavaScript and the engine. */
const capacityS = 30;
const capacityBytes = 1 << 20;
const chunkSamples = 16_000;
const chunkBytes = 1 << 16;

/** Opens any kind of input. Throws CPW_INVALID_OPTIONS or CPW_FILE_NOT_FOUND. */
export async function openInput(addon: NativeAddon, input: AudioInput): Promise<OpenedInput> {
  if (typeof input === 'string') return openFile(addon, input);
  if (input instanceof URL) return openFile(addon, pathOf(input));
  if (input instanceof Float32Array) {
    checkBuffer(input);
    const durationS = input.length / 16_000;
    return pumped(
      addon.AudioInput.pushSamples({ capacityS, durationS }),
      slices(input, chunkSamples),
    );
  }
  if (input instanceof Uint8Array) {
    checkBuffer(input);
    return pumped(addon.AudioInput.pushBytes({ capacityBytes }), slices(input, chunkBytes));
  }
  if (typeof input === 'object' && input !== null && Symbol.asyncIterator in input) {
    return openStream(addon, input);
  }
  throw wrongInput(`got ${input === null ? 'null' : typeof input}`);
}

async function openFile(addon: NativeAddon, path: string): Promise<OpenedInput> {
  if (path === '' || path.includes('\0')) throw wrongInput('the path is empty or holds a NUL');
  // The native side checks again when it opens; this gives the common mistake its error early.
  await stat(path).catch((cause: unknown) => {
    throw new CpwError(
      'CPW_FILE_NOT_FOUND',
      `${path} cannot be opened (${cause instanceof Error ? cause.message : String(cause)}). ` +
        'Next step: check the path and its permissions.',
      { cause, details: { path } },
    );
  });
  return { native: addon.AudioInput.fromFile(path), failure: () => undefined };
}

async function openStream(
  addon: NativeAddon,
  stream: AsyncIterable<Uint8Array | Float32Array>,
): Promise<OpenedInput> {
  const iterator = stream[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array | Float32Array>;
  try {
    first = await iterator.next();
  } catch (cause) {
    throw streamFailed(cause);
  }
  const samples = first.done !== true && first.value instanceof Float32Array;
  const native = samples
    ? addon.AudioInput.pushSamples({ capacityS, durationS: -1 })
    : addon.AudioInput.pushBytes({ capacityBytes });
  return pumped(native, resumed(first, iterator));
}

/** Moves chunks to the native side, each as soon as there is room. */
function pumped(
  native: NativeAudioInput,
  chunks: AsyncIterable<Uint8Array | Float32Array>,
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
        await native.push(next.value);
      }
      native.end();
    } catch (cause) {
      failure = cause instanceof CpwError ? cause : streamFailed(cause);
      native.fail(failure.code, failure.message);
    }
  };
  const done = run();
  const stop = async (): Promise<void> => {
    stopped = true;
    // A source that never yields again must not hold up the caller; it is told, not awaited.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
    native.end();
  };
  return { native, pump: { done, stop }, failure: () => failure };
}

async function* slices<T extends Uint8Array | Float32Array>(
  whole: T,
  size: number,
): AsyncGenerator<T, void> {
  const { length } = whole;
  for (let start = 0; start < length; start += size) {
    if (whole.length !== length) {
      throw wrongInput('its buffer was detached or resized while it was read');
    }
    yield whole.subarray(start, start + size) as T;
  }
}

async function* resumed<T>(
  first: IteratorResult<T>,
  rest: AsyncIterator<T>,
): AsyncGenerator<T, void> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function checkChunk(chunk: unknown, kind: 'samples' | 'bytes' | undefined): 'samples' | 'bytes' {
  const found =
    chunk instanceof Float32Array ? 'samples' : chunk instanceof Uint8Array ? 'bytes' : undefined;
  if (found === undefined) {
    throw wrongInput(`its stream yielded ${typeof chunk === 'string' ? 'text' : typeof chunk}`);
  }
  if (kind !== undefined && kind !== found) throw wrongInput('its stream mixed bytes and samples');
  return found;
}

/** An empty array is fine, a detached one is a mistake; a view on it tells them apart. */
function checkBuffer(array: Uint8Array | Float32Array): void {
  try {
    void new Uint8Array(array.buffer, 0, 0).length;
  } catch (cause) {
    throw wrongInput('its buffer is detached', cause);
  }
}

function pathOf(url: URL): string {
  if (url.protocol !== 'file:')
    throw wrongInput(`only file: URLs can be read, not ${url.protocol}`);
  return fileURLToPath(url);
}

function wrongInput(what: string, cause?: unknown): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `The input cannot be taken: ${what}. Next step: give a path, a file URL, a Uint8Array, a ` +
      'Readable or AsyncIterable of bytes, or Float32Array samples (16 kHz mono) or an AsyncIterable of them.',
    { cause },
  );
}

function streamFailed(cause: unknown): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_MEDIA',
    `The input stream failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}
