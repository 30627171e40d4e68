import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { audio } from './shared.mjs';

/** Writes speech over and over as one WAV file of so many minutes. */
export async function longWav(folder, minutes) {
  const path = join(folder, 'long.wav');
  const clip = readFileSync(audio('jfk.wav'));
  const samplesAt = clip.indexOf('data') + 8;
  const body = clip.subarray(samplesAt);
  const total = minutes * 60 * 32_000;
  // The recording's own header, with the sizes of the long file.
  const header = Buffer.from(clip.subarray(0, samplesAt));
  header.writeUInt32LE(samplesAt - 8 + total, 4);
  header.writeUInt32LE(total, samplesAt - 4);
  const file = createWriteStream(path);
  file.write(header);
  for (let written = 0; written < total;) {
    const piece = body.subarray(0, Math.min(body.length, total - written));
    written += piece.length;
    if (!file.write(piece)) await new Promise((resolve) => file.once('drain', resolve));
  }
  await finished(file.end());
  return path;
}
