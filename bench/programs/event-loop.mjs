// node event-loop.mjs <engine>: the event loop's delay while a model loads and runs, beside a
// control in which as many plain threads are busy and the addon is not used.
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { audio, load, report, sleep } from './shared.mjs';

const engine = process.argv[2];

async function delayDuring(work) {
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

async function control() {
  const busy = `const end = Date.now() + 4000; while (Date.now() < end);`;
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(busy, { eval: true }),
  );
  await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))),
  );
}

async function work() {
  const recognizer = await load('base', { engine });
  await recognizer.transcribe(audio('en-gettysburg.flac'));
  recognizer.close();
}

await sleep(200);
const controlP99Ms = await delayDuring(control);
await sleep(200);
const p99Ms = await delayDuring(work);
report({ engine, p99Ms, controlP99Ms });
