import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { audioDir, root } from './environment.js';
import { runProcess } from './process.js';

/** Minutes of the film that is demuxed and muxed. */
export const filmMinutes = 10;

/**
 * A film of ten minutes with a test picture of 1280 x 720 and two audio tracks, made once: two
 * minutes are encoded and copied five times.
 */
export async function film(): Promise<string> {
  const folder = path.join(root, 'build/bench-audio');
  const file = path.join(folder, 'film.mp4');
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const part = path.join(folder, 'film-part.mp4');
  const whole = path.join(folder, 'film-whole.mp4');
  const quiet = ['-nostdin', '-y', '-loglevel', 'error'];
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25'];
  const voice = ['-stream_loop', '-1', '-i', path.join(audioDir, 'jfk.wav')];
  const maps = ['-map', '0', '-map', '1', '-map', '1', '-t', '120'];
  const codecs = ['-c:v', 'mpeg4', '-b:v', '4M', '-c:a', 'aac', '-ac', '2', '-ar', '48000'];
  await runProcess(['ffmpeg', ...quiet, ...picture, ...voice, ...maps, ...codecs, part]);
  const repeats = String(filmMinutes / 2 - 1);
  const copies = ['-stream_loop', repeats, '-i', part, '-map', '0', '-c', 'copy'];
  await runProcess(['ffmpeg', ...quiet, ...copies, whole]);
  await rename(whole, file);
  await rm(part);
  return file;
}
