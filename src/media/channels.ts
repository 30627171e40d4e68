import { CpwError } from '../errors.js';
import type { NativeAddon } from '../native/addon.js';
import { runJob } from '../native/handle.js';
import { abortable } from './abortable.js';
import { checkFile } from './check-file.js';
import { countForeignChannels } from './foreign.js';
import { identifyStream } from './identify.js';
import { chunkBytes, pathOf, type AudioInput, type OpenContext } from './input.js';
import { checkBuffer, slices } from './pump.js';

/** More than any speaker set-up has; each costs a transcription of its own. */
const mostChannels = 16;

/**
 * How many channels an input has that is to be read once for each of them. Throws
 * CPW_INVALID_OPTIONS for what can be read only once, and the errors of `openInput`.
 */
export async function countChannels(
  addon: NativeAddon,
  input: AudioInput,
  context: OpenContext,
): Promise<number> {
  const count = await countOf(addon, input, context);
  if (count <= mostChannels) return Math.max(count, 1);
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `channels: split takes ${mostChannels} channels at most, and the input has ${count}. ` +
      'Next step: channels: mix, or a file with fewer channels.',
  );
}

async function countOf(
  addon: NativeAddon,
  input: AudioInput,
  context: OpenContext,
): Promise<number> {
  if (input instanceof Float32Array) return 1;
  if (typeof input === 'string') return ofFile(addon, input, context);
  if (input instanceof URL) return ofFile(addon, pathOf(input), context);
  if (input instanceof Uint8Array) return ofBytes(addon, input, context);
  // Whatever else it is, openInput has the words for it.
  const isStream = typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
  if (isStream) throw readOnce('a stream');
  return 1;
}

async function ofFile(addon: NativeAddon, path: string, context: OpenContext): Promise<number> {
  const { signal, media } = context;
  if (path === '' || path.includes('\0')) return 1;
  if ((await abortable(checkFile(path), signal)) === 'pipe') throw readOnce('a pipe');
  const identity = await runJob(() => addon.AudioInput.identifyFile(path), signal);
  if (identity.route === 'decoded' && media.audioTrack === undefined) return identity.channels;
  const { format } = identity;
  return countForeignChannels(path, { ...context, name: JSON.stringify(path), format });
}

async function ofBytes(
  addon: NativeAddon,
  bytes: Uint8Array,
  { signal, media }: OpenContext,
): Promise<number> {
  checkBuffer(bytes);
  const rest = slices(bytes, chunkBytes)[Symbol.asyncIterator]();
  const { identity } = await identifyStream(addon, new Uint8Array(0), { iterator: rest, signal });
  if (identity.route === 'decoded' && media.audioTrack === undefined) return identity.channels;
  throw readOnce('media in memory that ffmpeg decodes');
}

function readOnce(what: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `channels: split reads the input once for each channel, which ${what} does not allow. ` +
      'Next step: give the name of a file, or channels: mix.',
  );
}
