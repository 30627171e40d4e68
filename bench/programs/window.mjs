// node window.mjs <engine> <model> <file>: the cost of one window of 30 s. Finding the language is
// one pass of the encoder and one step of the decoder; what transcribing the same window takes
// beyond that is decoding, told for each word since the result counts no tokens.
import { availableParallelism } from 'node:os';
import { load, report } from './shared.mjs';

const [engine, model, file] = process.argv.slice(2);
// One replica with every thread: a single window cannot use more.
const recognizer = await load(model, { engine, replicas: 1, threads: availableParallelism() });
const clip = { vad: false, start: 0, end: 30 };

async function best(work) {
  let least = Infinity;
  for (let run = 0; run < 3; run += 1) {
    const started = performance.now();
    await work();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

const encodeMs = await best(() => recognizer.detectLanguage(file, clip));
let words = 0;
const wholeMs = await best(async () => {
  const { segments } = await recognizer.transcribe(file, { ...clip, language: 'en', beamSize: 1 });
  words = segments.flatMap(({ text }) => text.trim().split(/\s+/u)).length;
});
recognizer.close();
report({ encodeMs, decodeMsPerWord: Math.max(0, wholeMs - encodeMs) / words, words });
