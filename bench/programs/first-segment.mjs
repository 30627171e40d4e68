// node first-segment.mjs <engine> <model> <minutes>: how long a reader waits for the first segment of
// a long file with the model loaded. The rest is not transcribed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { longWav } from './long-wav.mjs';
import { load, report } from './shared.mjs';

const [engine, model, minutes] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'cpw-first-segment-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = await longWav(folder, Number(minutes));
const recognizer = await load(model, { engine });
const started = performance.now();
let firstSegmentS;
for await (const segment of recognizer.transcribe(file, { language: 'en' })) {
  firstSegmentS = (performance.now() - started) / 1e3;
  if (segment.text.trim() === '') throw new Error('the first segment is empty');
  break; // ends the transcription
}
recognizer.close();
report({ firstSegmentS });
