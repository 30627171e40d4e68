import { pipeline } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { CpwError } from '../errors.js';
import { fileArgument, lastWords, mediaToolFailed, pipeArgument } from './ffmpeg-errors.js';
import { startProgram, type RunningProgram } from './program.js';
import { checkChunk, letGo, streamFailed } from './pump.js';
import { notStarted } from './tools.js';

/** What ffmpeg is to decode. */
export interface FfmpegInput {
  readonly ffmpeg: string;
  /** As messages call it: a quoted path, or `The stream`. */
  readonly name: string;
  /** A file, or an encoded stream, which ffmpeg gets on its standard input. */
  readonly from: { readonly path: string } | { readonly bytes: AsyncIterable<Uint8Array> };
  /** Counted from 1; absent: ffmpeg takes the default one, or that with most channels. */
  readonly track?: number;
  /** The only channel that is wanted, counted from 0; absent: all of them, mixed. */
  readonly channel?: number | undefined;
  /** Seconds from the beginning to where the audio must end, where that is known. */
  readonly expectedEndS?: number;
  /** Samples after which nothing more is wanted; then how the rest ends does not matter. */
  readonly limit?: number;
  readonly onNote?: ((text: string) => void) | undefined;
}

/** Audio as it is decoded: 16 kHz mono samples. Fails where the media is cut; `stop()` leaves no process. */
export interface DecodedAudio {
  readonly samples: AsyncIterable<Float32Array>;
  stop(): Promise<void>;
}

const bytesPerSample = 4;
const samplesPerSecond = 16_000;
/** What ffmpeg says, with exit status 0, where a file breaks off. */
const cutWords = /ended prematurely|partial file|truncated/iu;

/** Starts ffmpeg; no more is decoded than is asked for. */
export function decodeWithFfmpeg(input: FfmpegInput): DecodedAudio {
  const { from } = input;
  const program = startProgram(input.ffmpeg, argumentsFor(input), {
    piped: 'bytes' in from,
    watch: cutWords,
  });
  const feeding = 'bytes' in from ? feed(from.bytes, program.stdin) : undefined;
  return {
    samples: samplesOf(program, input, feeding),
    stop: async () => {
      feeding?.stop();
      await program.stop();
    },
  };
}

function argumentsFor({ from, track, channel }: FfmpegInput): readonly string[] {
  const input = 'path' in from ? fileArgument(from.path) : pipeArgument;
  const chosen = track === undefined ? [] : ['-map', `0:a:${track - 1}`];
  const before = ['-nostdin', '-hide_banner', '-loglevel', 'error'];
  const mono = ['-vn', '-sn', '-dn', '-ac', '1', '-ar', String(samplesPerSecond)];
  // Sound that begins late or has gaps keeps its place in time, as a player shows it.
  const placed = 'aresample=async=1:first_pts=0';
  const picked = channel === undefined ? placed : `pan=mono|c0=c${channel},${placed}`;
  return [...before, ...input, ...chosen, ...mono, '-af', picked, '-f', 'f32le', 'pipe:1'];
}

async function* samplesOf(
  program: RunningProgram,
  input: FfmpegInput,
  feeding: Feeding | undefined,
): AsyncGenerator<Float32Array, void> {
  const limit = input.limit ?? Infinity;
  let count = 0;
  for await (const samples of wholeSamples(program.stdout)) {
    const wanted = samples.subarray(0, limit - count);
    count += wanted.length;
    yield wanted;
    if (count >= limit) return;
  }
  await checkEnd(program, { input, feeding, seconds: count / samplesPerSecond });
}

/** Chunks of a pipe end anywhere; a sample is handed on when its last byte is there. */
async function* wholeSamples(chunks: AsyncIterable<unknown>): AsyncGenerator<Float32Array, void> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new CpwError('CPW_INTERNAL', 'ffmpeg gave text');
    const bytes = joined(rest, chunk);
    const count = Math.floor(bytes.length / bytesPerSample);
    rest = bytes.slice(count * bytesPerSample);
    if (count > 0) yield new Float32Array(bytes.buffer, bytes.byteOffset, count);
  }
}

/** Both in one piece that samples can lie in; as a rule the chunk itself, so that nothing is copied. */
function joined(rest: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (rest.length === 0 && chunk.byteOffset % bytesPerSample === 0) return chunk;
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  return bytes;
}

/** Throws unless the audio ended where it should. */
async function checkEnd(
  program: RunningProgram,
  {
    input,
    feeding,
    seconds,
  }: { input: FfmpegInput; feeding?: Feeding | undefined; seconds: number },
): Promise<void> {
  const { name } = input;
  const path = 'path' in input.from ? input.from.path : undefined;
  const end = await program.ended;
  const failure = feeding?.failure();
  if (failure) throw failure;
  if (end.startError) throw notStarted(input.ffmpeg, end.startError, `${name} needs ffmpeg`);
  const { said } = program;
  if (end.status !== 0) throw mediaToolFailed({ ...end, said }, { name, path });
  const words = lastWords(said, path);
  if (seconds === 0) throw noAudio(name, words);
  const expected = Math.min(input.expectedEndS ?? 0, (input.limit ?? Infinity) / samplesPerSecond);
  // Containers round, and codecs end on whole frames.
  if (said.matched || seconds < expected - Math.max(1, expected * 0.005)) {
    throw cut(name, seconds, { expected, words });
  }
  if (said.count > 0) {
    const times = said.count === 1 ? 'a problem' : `${said.count} problems`;
    input.onNote?.(`${name}: ffmpeg met ${times}, which may have left gaps: ${words}`);
  }
}

function noAudio(name: string, words: string): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_MEDIA',
    `${name} holds no audio that can be decoded${words === '' ? '' : ` (ffmpeg: ${words})`}. ` +
      'Next step: check that the file plays, and get it again if it was cut.',
  );
}

function cut(
  name: string,
  seconds: number,
  { expected, words }: { expected: number; words: string },
): CpwError {
  const of = expected > seconds ? ` of ${expected.toFixed(1)} s` : '';
  const safe = Math.floor(seconds * 10) / 10;
  return new CpwError(
    'CPW_UNSUPPORTED_MEDIA',
    `${name} is cut: its audio breaks off at ${seconds.toFixed(1)} s${of}` +
      `${words === '' ? '' : ` (ffmpeg: ${words})`}. Next step: get the whole file, or take what is ` +
      `there with end: ${safe} (--end ${safe}).`,
    { details: { seconds, ...(expected > 0 ? { expected } : {}) } },
  );
}

interface Feeding {
  /** What the caller's stream failed with. */
  failure(): CpwError | undefined;
  stop(): void;
}

function feed(bytes: AsyncIterable<Uint8Array>, stdin: Writable | null): Feeding {
  if (stdin === null) throw new CpwError('CPW_INTERNAL', 'no pipe to ffmpeg');
  const iterator = bytes[Symbol.asyncIterator]();
  let failure: CpwError | undefined;
  async function* checked(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        checkChunk(next.value, 'bytes');
        yield next.value;
      }
    } catch (cause) {
      failure = cause instanceof CpwError ? cause : streamFailed(cause);
      throw cause;
    }
  }
  // Fails too when ffmpeg ends before the stream does: how ffmpeg ended is what counts then.
  pipeline(checked(), stdin).catch(() => undefined);
  return { failure: () => failure, stop: () => letGo(iterator) };
}
