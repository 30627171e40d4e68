// Two addons on the same work, turn about in two processes that stay loaded:
//   node tests/package/compare-speed.mjs <addon> <addon> [--pairs 9] [--model base]
// prints the medians and the median of the second's time over the first's, pair by pair. Wall time says
// what a user waits; user time bears a busy machine. Wants the models of `npm run models:fixtures`.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { main, root, StepError } from '../../scripts/process.mjs';

const self = fileURLToPath(import.meta.url);
const engines = ['ctranslate2', 'whisper'];
const tasks = ['encode 30 s', 'transcribe jfk.wav'];

if (process.send) {
  await work();
} else {
  await main(compare);
}

async function compare() {
  const { values, positionals } = parseArgs({
    options: {
      pairs: { type: 'string', default: '9' },
      model: { type: 'string', default: 'base' },
    },
    allowPositionals: true,
  });
  if (positionals.length !== 2) throw new StepError('Name two addons to compare.');
  const sides = await Promise.all(
    positionals.map((addon) => start(path.resolve(addon), values.model)),
  );
  for (const engine of engines) {
    for (const task of tasks) {
      const pairs = [];
      // The first pair warms up caches and is not counted.
      for (let index = -1; index < Number(values.pairs); index += 1) {
        const pair = [];
        const order = index % 2 === 0 ? [0, 1] : [1, 0];
        for (const side of order) pair[side] = await sides[side].ask({ engine, task });
        if (index >= 0) pairs.push(pair);
      }
      print(`${engine}, ${task}`, pairs);
    }
  }
  for (const side of sides) side.end();
}

function print(name, pairs) {
  const of = (measure) => {
    const [first, second] = [0, 1].map((side) => median(pairs.map((pair) => pair[side][measure])));
    const ratio = median(pairs.map(([a, b]) => b[measure] / a[measure]));
    return `${first.toFixed(0)} ${second.toFixed(0)} ms, ratio ${ratio.toFixed(3)}`;
  };
  process.stdout.write(`${name.padEnd(32)} wall ${of('wall')}; user ${of('user')}\n`);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

async function start(addon, model) {
  const child = fork(self, [model], { cwd: root, env: { ...process.env, CPW_NATIVE_PATH: addon } });
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (status) => reject(new StepError(`${addon} ended with ${status}.`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  await answer();
  const ask = (question) => {
    child.send(question);
    return answer();
  };
  return { ask, end: () => child.disconnect() };
}

/** The process of one addon: loads the model in both engines, then answers with milliseconds. */
async function work() {
  const { Recognizer } = await import('../../dist/index.js');
  const modelsDir = process.env.CPW_MODELS_DIR;
  const loaded = {};
  for (const engine of engines) {
    const options = { engine, replicas: 1, threads: 1, ...(modelsDir && { modelsDir }) };
    loaded[engine] = await Recognizer.load(process.argv[2], options);
  }
  const wav = `${root}/tests/data/audio/jfk.wav`;
  const speech = readSamples(wav);
  const halfMinute = Float32Array.from({ length: 480_000 }, (_, i) => speech[i % speech.length]);
  const measure = async ({ engine, task }) => {
    const before = { wall: performance.now(), user: process.cpuUsage() };
    // Finding the language is one encoder pass and one decoder step.
    if (task === tasks[0]) await loaded[engine].detectLanguage(halfMinute, { vad: false });
    else await loaded[engine].transcribe(wav, { language: 'en' });
    const wall = performance.now() - before.wall;
    process.send({ wall, user: process.cpuUsage(before.user).user / 1000 });
  };
  process.on('message', (asked) => void measure(asked));
  process.send('ready');
}

function readSamples(file) {
  const bytes = readFileSync(file);
  const data = bytes.indexOf('data') + 8;
  const length = Math.floor((bytes.length - data) / 2);
  return Float32Array.from({ length }, (_, i) => bytes.readInt16LE(data + i * 2) / 32_768);
}
