// node mux.mjs <film> <minutes>: six subtitle tracks, a cue every three seconds, added to a film.
// The peak of memory is this process's and ffmpeg's together.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mux, muxedPath, planMux } from '../../dist/media/mux.js';
import { muxOptionsSchema } from '../../dist/options/mux.js';
import { childrenPeak, cpuSeconds, peakMb, report } from './shared.mjs';

const [film, minutes] = process.argv.slice(2);
// Beside the film, so that it is the same disk.
const folder = mkdtempSync(join(dirname(film), 'mux-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const tracks = ['en', 'es', 'hi', 'fr', 'de', 'ja'].map((language) => {
  const path = join(folder, `${language}.srt`);
  writeFileSync(path, cues(Number(minutes) * 20, language));
  return { path, language };
});
const options = muxOptionsSchema.parse({});
const children = childrenPeak();
const before = process.cpuUsage();
const started = performance.now();
const plan = await planMux(film, tracks, { options });
await mux(plan, muxedPath(plan, folder, 'film'), { options });
const wallS = (performance.now() - started) / 1e3;
const cpuS = cpuSeconds(before);
report({ wallS, cpuS, peakMb: peakMb() + children.stop(), audioS: Number(minutes) * 60 });

function cues(count, language) {
  const time = (s) => `${new Date(s * 1e3).toISOString().slice(11, 19)},000`;
  const cue = (_, i) =>
    `${i + 1}\n${time(i * 3)} --> ${time(i * 3 + 2)}\nline ${i} in ${language}\n`;
  return Array.from({ length: count }, cue).join('\n');
}
