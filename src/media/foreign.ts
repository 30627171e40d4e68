import { CpwError } from '../errors.js';
import type { NativeAddon } from '../native/addon.js';
import { decodeWithFfmpeg, type FfmpegInput } from './ffmpeg.js';
import type { OpenContext } from './input.js';
import { hasEncryptedAudio } from './iso-encryption.js';
import { isoOrder, isStreamable } from './iso-media.js';
import { probeMedia } from './probe.js';
import { pumped, withRelease, type OpenedInput } from './pump.js';
import { spool } from './spool.js';
import { findTools } from './tools.js';
import { chooseTrack } from './tracks.js';

/** How a file or stream is opened that ffmpeg is to decode. */
export interface ForeignContext extends OpenContext {
  /** As messages call it: a quoted path, or `The stream`. */
  readonly name: string;
  /** What the content looks like, in words; '' for what could be decoded here. */
  readonly format: string;
}

const capacityS = 30;
const samplesPerSecond = 16_000;

/** Opens a file that ffmpeg is to decode. */
export async function openForeignFile(
  addon: NativeAddon,
  path: string,
  context: ForeignContext,
): Promise<OpenedInput> {
  const { input, durationS } = await chooseSound(path, context);
  return start(addon, input, { durationS: durationS ?? -1 });
}

/** What ffmpeg is to decode of a file, and how long that is, where the file says so. */
export async function chooseSound(
  path: string,
  context: ForeignContext,
): Promise<{ readonly input: FfmpegInput; readonly durationS: number | undefined }> {
  const { name, media, signal, onNote } = context;
  const tools = await findTools(media.ffmpeg, { need: needOf(context), signal });
  const info = await probeMedia(path, tools, { name, signal });
  if (/^mov\b/u.test(info.format) && (await hasEncryptedAudio(path))) throw encrypted(name);
  const { track, note } = chooseTrack(name, info, media.audioTrack);
  if (note !== undefined) onNote?.(note);
  const input = {
    ffmpeg: tools.ffmpeg,
    name,
    from: { path },
    track: track.number,
    channel: context.channel,
    ...(track.endS === undefined ? {} : { expectedEndS: track.endS }),
    ...limitOf(context),
    onNote,
  };
  return { input, durationS: track.endS ?? info.durationS };
}

/** How many channels the track has that would be read of a file that ffmpeg is to decode. */
export async function countForeignChannels(path: string, context: ForeignContext): Promise<number> {
  const { name, media, signal } = context;
  const tools = await findTools(media.ffmpeg, { need: needOf(context), signal });
  const info = await probeMedia(path, tools, { name, signal });
  return chooseTrack(name, info, media.audioTrack).track.channels;
}

/** Opens an encoded stream that ffmpeg is to decode, by way of the disk where ffmpeg has to seek. */
export async function openForeignStream(
  addon: NativeAddon,
  bytes: AsyncIterable<Uint8Array>,
  context: ForeignContext & { readonly head: Uint8Array },
): Promise<OpenedInput> {
  const { name, media, signal, onNote, head } = context;
  const { ffmpeg } = await findTools(media.ffmpeg, { need: needOf(context), signal });
  const direct = isStreamable(head) || isoOrder(head) === 'index-first';
  if (direct && media.audioTrack === undefined) {
    const { channel } = context;
    const input = { ffmpeg, name, from: { bytes }, channel, ...limitOf(context), onNote };
    return start(addon, input, { durationS: -1 });
  }
  const spooled = await spool(bytes, signal);
  onNote?.(
    `${name} had to be read whole before it could be decoded: ${sizeOf(spooled.bytes)} in a ` +
      'temporary file, which is removed at the end',
  );
  try {
    const opened = await openForeignFile(addon, spooled.path, context);
    return withRelease(opened, () => spooled.remove());
  } catch (error) {
    await spooled.remove();
    throw error;
  }
}

function start(
  addon: NativeAddon,
  input: FfmpegInput,
  { durationS }: { readonly durationS: number },
): OpenedInput {
  const audio = decodeWithFfmpeg(input);
  const native = addon.AudioInput.pushSamples({ capacityS, durationS });
  return pumped(native, audio.samples, () => audio.stop());
}

function limitOf({ media: { end } }: OpenContext): { readonly limit?: number } {
  return end === undefined ? {} : { limit: Math.round(end * samplesPerSecond) };
}

function needOf({ name, format, media }: ForeignContext): string {
  if (format !== '') return `${name} is ${format}, which is read by ffmpeg`;
  return `Track ${media.audioTrack} of ${name} is looked up by ffmpeg`;
}

function encrypted(name: string): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_MEDIA',
    `${name} is encrypted (DRM), so its audio cannot be decoded. ` +
      'Next step: get the recording without copy protection.',
  );
}

function sizeOf(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
