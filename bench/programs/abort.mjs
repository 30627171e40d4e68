// node abort.mjs <engine> <tries>: how long an abort inside a 30 s window of base takes until the
// call has rejected, and how busy the process is right after.
import { audio, load, percentile, report, sleep } from './shared.mjs';

const [engine, tries] = [process.argv[2], Number(process.argv[3])];
const recognizer = await load('base', { engine });
const file = audio('en-gettysburg.flac');

const started = performance.now();
await recognizer.transcribe(file, { vad: false, language: 'en' });
const wholeMs = performance.now() - started;

const latencies = [];
let busyShare = 0;
let reachMs = Math.min(wholeMs / 2, 4_000);
while (latencies.length < tries) {
  const i = latencies.length;
  const controller = new AbortController();
  const call = recognizer.transcribe(
    file,
    { vad: false, language: 'en' },
    { signal: controller.signal },
  );
  // Spread over the first window: its encoder pass and its decoding.
  await sleep((reachMs * (i + 1)) / tries);
  const asked = performance.now();
  controller.abort();
  const aborted = await call.then(
    () => false,
    (error) => {
      if (error !== controller.signal.reason) throw error;
      return true;
    },
  );
  if (!aborted) {
    // The machine has become faster since the whole was measured.
    reachMs /= 2;
    if (reachMs < 1) throw new Error('every call ends before it is aborted');
    continue;
  }
  latencies.push(performance.now() - asked);
  if (i % 5 === 0) {
    const before = process.cpuUsage();
    await sleep(100);
    const { user, system } = process.cpuUsage(before);
    busyShare = Math.max(busyShare, (user + system) / 1e5);
  }
}
recognizer.close();
const p50Ms = percentile(latencies, 0.5);
const p95Ms = percentile(latencies, 0.95);
report({ engine, tries, wholeMs, p50Ms, p95Ms, maxMs: Math.max(...latencies), busyShare });
