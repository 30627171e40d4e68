// Programs of boundary.test.ts, each in a process of its own: `node children.mjs <name> <options>`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { loadAddon } from '../../dist/native/load.js';

const addon = loadAddon();
// The test hands over its complete options object; a worker gets it from its parent.
const options = JSON.parse(isMainThread ? process.argv[3] : workerData.options);
const worker = (name) =>
  new Worker(fileURLToPath(import.meta.url), {
    workerData: { name, options: process.argv[3] },
  });
const load = (windowMs) =>
  addon.ProbeRecognizer.load({ replicas: 2, loadMs: 0, windowMs, failAtWindow: -1 }).promise;

function start(recognizer, seconds, callbacks = {}) {
  const input = addon.AudioInput.pushSamples({ capacityS: seconds, durationS: -1 });
  const call = recognizer.transcribe(input, null, options, callbacks);
  input.push(new Float32Array(16_000 * seconds).fill(0.1));
  input.end();
  return call.promise;
}

/** From here on this process gets no more memory than `more` MB, thread stacks included. */
function limitMemory(more) {
  const sizeKb = Number(/VmSize:\s+(\d+)/u.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  const bytes = (sizeKb + more * 1024) * 1024;
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${bytes}`]);
}

const codeOf = (run) =>
  run().then(
    () => 'none',
    ({ code }) => code,
  );

const programs = {
  async 'no-memory'() {
    const input = addon.AudioInput.pushSamples({ capacityS: 1, durationS: -1 });
    const samples = new Float32Array(100_000_000);
    limitMemory(200);
    console.log(await codeOf(async () => input.push(samples)));
  },
  // A thread's stack takes 1 GB here: two or three of what is asked for can be had, and what is left
  // is enough for JavaScript.
  async 'no-threads'() {
    limitMemory(3584);
    const many = { replicas: 1000, loadMs: 0, windowMs: 1, failAtWindow: -1 };
    console.log(await codeOf(() => addon.ProbeRecognizer.load(many).promise));
  },
  async 'no-first-thread'() {
    limitMemory(960);
    console.log(await codeOf(async () => load(1)));
  },
  async idle() {
    await load(1);
    console.log('ok');
  },
  async busy() {
    start(await load(100), 90).then(() => console.log('ok'));
  },
  async exit() {
    void start(await load(5_000), 300);
    console.log('before');
    process.exit(7);
  },
  async throw() {
    void start(await load(5_000), 300);
    console.log('before');
    process.exitCode = 1;
    process.on('uncaughtException', () => process.exit(9));
    setTimeout(() => {
      throw new Error('on purpose');
    }, 10);
  },
  async 'worker-exit'() {
    for (let i = 0; i < 5; i += 1) {
      const inner = worker('leave');
      await new Promise((resolve) => inner.once('message', resolve));
      await inner.terminate();
    }
    await start(await load(1), 60);
    console.log('ok');
  },
  async 'worker-many'() {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => {
        const inner = worker('work');
        return new Promise((resolve, reject) => {
          inner.once('message', resolve);
          inner.once('error', reject);
        });
      }),
    );
    const expected = 'window 0,window 1,window 2';
    console.log(results.every((one) => one === expected) ? 'ok' : results);
  },
  async gc() {
    const forgotten = [];
    for (let i = 0; i < 20; i += 1) {
      const recognizer = await load(1);
      forgotten.push(new WeakRef(recognizer));
      void start(recognizer, 31);
    }
    for (let i = 0; i < 50 && forgotten.some((one) => one.deref()); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      globalThis.gc();
    }
    console.log(forgotten.filter((one) => one.deref()).length <= 1 ? 'ok' : 'kept');
  },
  async leave() {
    void start(await load(10_000), 300);
    parentPort.postMessage('running');
  },
  async work() {
    const texts = [];
    await start(await load(3), 90, { onSegment: (segment) => texts.push(segment.text) });
    parentPort.postMessage(texts.join());
  },
};

await programs[isMainThread ? process.argv[2] : workerData.name]();
