import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CpwError } from '../errors.js';
import type { NativeAddon } from '../native/addon.js';
import { runJob } from '../native/handle.js';
import type { Clip, ParsedMediaOptions } from '../options/media.js';
import { abortable } from './abortable.js';
import { checkFile } from './check-file.js';
import { openForeignFile, openForeignStream } from './foreign.js';
import { identifyStream } from './identify.js';
import { openPipe } from './named-pipe.js';
import {
  checkBuffer,
  checkChunk,
  letGo,
  pumped,
  resumed,
  slices,
  streamFailed,
  withRelease,
  wrongInput,
  type OpenedInput,
} from './pump.js';

export type { OpenedInput } from './pump.js';

/**
 * What can be transcribed: the path or file URL of a media file, an encoded file in memory or as a
 * stream of bytes (a Readable is one), 16 kHz mono samples, or a stream of them.
 */
export type AudioInput =
  | string
  | URL
  | Uint8Array
  | Float32Array
  | AsyncIterable<Uint8Array>
  | AsyncIterable<Float32Array>;

/** How an input is opened. */
export interface OpenContext {
  readonly media: ParsedMediaOptions;
  /** Several clips in the place of the one that `media` tells; its `end` is that of the last. */
  readonly clips?: readonly Clip[] | undefined;
  /** The only channel to read, counted from 0. Absent: all of them, mixed. */
  readonly channel?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the user should know: which of several tracks is read, what could not be decoded. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** Seconds of samples, or of one-byte-a-sample audio, that may wait between JavaScript and the engine. */
const capacityS = 30;
const capacityBytes = 1 << 20;
const chunkSamples = 16_000;
/** Bytes of a file in memory that are handed on at once. */
export const chunkBytes = 1 << 16;
const samplesPerSecond = 16_000;

/**
 * Opens any kind of input; its content decides what decodes it. Throws CPW_INVALID_OPTIONS,
 * CPW_FILE_NOT_FOUND, CPW_UNSUPPORTED_MEDIA, CPW_MEDIA_TOOL_FAILED, or the signal's reason.
 */
export async function openInput(
  addon: NativeAddon,
  input: AudioInput,
  context: OpenContext,
): Promise<OpenedInput> {
  context.signal?.throwIfAborted();
  const opened = await open(addon, input, context);
  const { start, end } = context.media;
  const clips = context.clips ?? (start > 0 || end !== undefined ? [{ start, end }] : []);
  if (clips.length > 0) {
    opened.native.clip({
      beginSamples: clips.map((clip) => sampleAt(clip.start)),
      endSamples: clips.map((clip) => (clip.end === undefined ? -1 : sampleAt(clip.end))),
    });
  }
  return opened;
}

function sampleAt(seconds: number): number {
  return Math.round(seconds * samplesPerSecond);
}

async function open(
  addon: NativeAddon,
  input: AudioInput,
  context: OpenContext,
): Promise<OpenedInput> {
  if (typeof input === 'string') return openFile(addon, input, context);
  if (input instanceof URL) return openFile(addon, pathOf(input), context);
  if (input instanceof Float32Array) {
    checkBuffer(input);
    const durationS = input.length / samplesPerSecond;
    return openSamples(addon, slices(input, chunkSamples), { ...context, durationS });
  }
  if (input instanceof Uint8Array) {
    checkBuffer(input);
    return openStream(addon, slices(input, chunkBytes), context);
  }
  if (typeof input === 'object' && input !== null && Symbol.asyncIterator in input) {
    return openStream(addon, input, context);
  }
  throw wrongInput(`got ${input === null ? 'null' : typeof input}`);
}

async function openFile(
  addon: NativeAddon,
  path: string,
  context: OpenContext,
): Promise<OpenedInput> {
  if (path === '' || path.includes('\0')) throw wrongInput('the path is empty or holds a NUL');
  const { signal } = context;
  const kind = await abortable(checkFile(path), signal);
  if (kind === 'pipe') return openStream(addon, await openPipe(path), context);
  // ffmpeg lists the tracks, also those of files that could be decoded here.
  const asked = context.media.audioTrack !== undefined;
  const identity = await runJob(() => addon.AudioInput.identifyFile(path), signal);
  if (identity.route === 'decoded' && !asked) {
    const native = addon.AudioInput.fromFile({ path, channel: channelOf(context) });
    return { native, failure: () => undefined };
  }
  const name = JSON.stringify(path);
  return openForeignFile(addon, path, { ...context, name, format: identity.format });
}

function openSamples(
  addon: NativeAddon,
  chunks: AsyncIterable<Uint8Array | Float32Array>,
  { durationS, media }: OpenContext & { readonly durationS: number },
): OpenedInput {
  if (media.audioTrack !== undefined) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      'audioTrack has no effect on samples, which are one track. Next step: leave it out.',
    );
  }
  return pumped(addon.AudioInput.pushSamples({ capacityS, durationS }), chunks);
}

async function openStream(
  addon: NativeAddon,
  stream: AsyncIterable<Uint8Array | Float32Array>,
  context: OpenContext,
): Promise<OpenedInput> {
  const iterator = stream[Symbol.asyncIterator]();
  const release = async (): Promise<void> => {
    letGo(iterator);
    // Its iterator ends only after the chunk that it waits for.
    if (stream instanceof Readable) stream.destroy();
  };
  try {
    return withRelease(await openIterator(addon, iterator, context), release);
  } catch (cause) {
    await release();
    throw cause instanceof CpwError || context.signal?.aborted === true
      ? cause
      : streamFailed(cause);
  }
}

async function openIterator(
  addon: NativeAddon,
  iterator: AsyncIterator<Uint8Array | Float32Array>,
  context: OpenContext,
): Promise<OpenedInput> {
  const { signal, media } = context;
  const next = await abortable(iterator.next(), signal);
  const first = next.done === true ? undefined : next.value;
  if (first !== undefined) checkChunk(first, undefined);
  if (first instanceof Float32Array) {
    checkBuffer(first);
    return openSamples(addon, resumed([first], iterator), { ...context, durationS: -1 });
  }
  const begun = first instanceof Uint8Array ? first : new Uint8Array(0);
  const { identity, head, bytes } = await identifyStream(addon, begun, { iterator, signal });
  if (identity.route === 'foreign' || media.audioTrack !== undefined) {
    const { format } = identity;
    return openForeignStream(addon, bytes, { ...context, name: 'The stream', format, head });
  }
  const channel = channelOf(context);
  return pumped(addon.AudioInput.pushBytes({ capacityBytes, channel }), bytes);
}

function channelOf({ channel }: OpenContext): number {
  return channel ?? -1;
}

/** The file that a URL names. Throws CPW_INVALID_OPTIONS for any other kind of URL. */
export function pathOf(url: URL): string {
  if (url.protocol !== 'file:') {
    throw wrongInput(`only file: URLs can be read, not ${url.protocol}; download it first`);
  }
  return fileURLToPath(url);
}
