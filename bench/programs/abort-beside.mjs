// node abort-beside.mjs <engine> <tries>: how long an abort takes until the call has rejected while
// another call on the same recogniser shares its batches, and whether that one's text stays.
import { audio, load, percentile, report, sleep } from './shared.mjs';

const [engine, tries] = [process.argv[2], Number(process.argv[3])];
const recognizer = await load('base', { engine });
const file = audio('en-gettysburg.flac');
const options = { language: 'en' };
const textOf = ({ segments }) => segments.map(({ text }) => text).join(' ');

const alone = textOf(await recognizer.transcribe(file, options));
let changed = 0;
let beside = 0;
let stopping = false;
const other = (async () => {
  while (!stopping) {
    if (textOf(await recognizer.transcribe(file, options)) !== alone) changed += 1;
    beside += 1;
  }
})();

const latencies = [];
for (let i = 0; i < tries; i += 1) {
  const controller = new AbortController();
  const call = recognizer.transcribe(file, options, { signal: controller.signal });
  call.catch(() => undefined);
  await sleep(20 + (600 * i) / tries);
  const asked = performance.now();
  controller.abort();
  await call.then(
    () => undefined, // it was quicker
    () => latencies.push(performance.now() - asked),
  );
}
stopping = true;
await other;
recognizer.close();
const p95Ms = percentile(latencies, 0.95);
report({ engine, tries, aborted: latencies.length, p95Ms, beside, changed });
