// What the measuring programs share. Each runs in a process of its own and prints one JSON line.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Recognizer } from 'cpw-native';

const folder = new URL('../../data/audio/', import.meta.url);
const modelsDir = process.env.CPW_MODELS_DIR;

export const audio = (name) => new URL(name, folder);

export const load = (model, options) =>
  Recognizer.load(model, { ...options, ...(modelsDir ? { modelsDir } : {}) });

/** The samples of a 16-bit mono WAV file. */
export function samplesOf(name) {
  const bytes = readFileSync(audio(name));
  const start = bytes.byteOffset + bytes.indexOf('data') + 8;
  const body = bytes.buffer.slice(start, bytes.byteOffset + bytes.length);
  return Float32Array.from(new Int16Array(body), (value) => value / 32_768);
}

setFlagsFromString('--expose-gc');
/** Frees what JavaScript no longer holds, at once. */
export const collect = runInNewContext('gc');

export const rss = () => process.memoryUsage().rss / 2 ** 20;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export function report(figures) {
  const rounded = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value * 100) / 100 : value,
  ]);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}
