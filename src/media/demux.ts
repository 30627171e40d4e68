import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import type { ParsedMediaOptions } from '../options/media.js';
import { decodeWithFfmpeg, type DecodedAudio } from './ffmpeg.js';
import { chooseSound } from './foreign.js';

/** The sound of a media file while it is decoded. */
export interface DemuxedSound extends DecodedAudio {
  /** Seconds that it will have, where the file says so. */
  readonly durationS: number | undefined;
}

/** True for a file that the addon decodes by itself, without ffmpeg. */
export async function isDecodedHere(path: string, signal?: AbortSignal): Promise<boolean> {
  const addon = loadAddon();
  const { route } = await runJob(() => addon.AudioInput.identifyFile(path), signal);
  return route === 'decoded';
}

/**
 * Decodes the sound of a media file with ffmpeg: 16 kHz mono samples, all of the chosen track.
 * Throws CPW_UNSUPPORTED_MEDIA, CPW_MEDIA_TOOL_FAILED, CPW_FILE_NOT_FOUND.
 */
export async function demuxSound(
  path: string,
  media: Pick<ParsedMediaOptions, 'audioTrack' | 'ffmpeg'>,
  context: { readonly signal: AbortSignal; readonly onNote: (text: string) => void },
): Promise<DemuxedSound> {
  const name = JSON.stringify(path);
  const { format } = await runJob(() => loadAddon().AudioInput.identifyFile(path), context.signal);
  const whole = { ...media, start: 0 };
  const sound = await chooseSound(path, { ...context, media: whole, name, format });
  return { ...decodeWithFfmpeg(sound.input), durationS: sound.durationS };
}
