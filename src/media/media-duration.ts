import { headerDuration } from './header-duration.js';
import { probeMedia } from './probe.js';
import { findTools } from './tools.js';

/**
 * Seconds of a media file as it states them, without decoding it: by the header of WAV and FLAC, by
 * ffprobe otherwise. Undefined where that cannot be told, and what a file states may be wrong.
 */
export async function mediaDuration(
  path: string,
  { ffmpeg = 'ffmpeg', signal }: { readonly ffmpeg?: string; readonly signal?: AbortSignal } = {},
): Promise<number | undefined> {
  const stated = await headerDuration(path);
  if (stated !== undefined) return stated;
  try {
    const tools = await findTools(ffmpeg, { need: 'The duration is told by ffprobe', signal });
    return (await probeMedia(path, tools, { name: JSON.stringify(path), signal })).durationS;
  } catch {
    signal?.throwIfAborted();
    return undefined; // whoever decodes the file says what is wrong with it
  }
}
