import { join, resolve } from 'node:path';
import { fileArgument, mediaToolFailed } from './ffmpeg-errors.js';
import type { CoverFile } from './mux-arguments.js';
import type { MuxPlan } from './mux-plan.js';
import { runProgram } from './program.js';
import { notStarted, type MediaTools } from './tools.js';

const longestMs = 60_000;

/**
 * Takes the cover pictures of a file out of it, byte for byte, for a container that keeps them as
 * attached files. Throws CPW_MEDIA_TOOL_FAILED.
 */
export async function extractCovers(
  { media, fates }: MuxPlan,
  folder: string,
  { tools, signal }: { readonly tools: MediaTools; readonly signal?: AbortSignal | undefined },
): Promise<readonly CoverFile[]> {
  const covers: CoverFile[] = [];
  for (const { stream, way } of fates) {
    if (way !== 'attach') continue;
    const path = join(folder, String(stream.index));
    const input = ['-nostdin', '-hide_banner', '-loglevel', 'error', ...fileArgument(media.path)];
    const picture = ['-map', `0:${stream.index}`, '-c', 'copy', '-frames:v', '1'];
    const output = ['-f', 'image2', '-update', '1', `file:${resolve(path)}`];
    const args = [...input, ...picture, ...output];
    const end = await runProgram(tools.ffmpeg, args, { timeoutMs: longestMs, signal });
    if (end.startError)
      throw notStarted(tools.ffmpeg, end.startError, `${media.name} needs ffmpeg`);
    if (end.status !== 0) throw mediaToolFailed(end, media);
    covers.push({ path, stream });
  }
  return covers;
}
