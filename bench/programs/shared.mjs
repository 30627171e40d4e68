// What the measuring programs share. Each runs in a process of its own and prints one JSON line.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Recognizer } from 'cpw-native';
import { modelsRoot } from '../../dist/models/layout.js';
import { loadAddon } from '../../dist/native/load.js';

const folder = new URL('../../tests/data/audio/', import.meta.url);
/** Where tests/fixtures/install.mjs put the models. */
export const modelsDir = process.env.CPW_MODELS_DIR || modelsRoot(process.env.XDG_CACHE_HOME);

export const audio = (name) => new URL(name, folder);

export const load = (model, options) => Recognizer.load(model, { ...options, modelsDir });

/** A recogniser whose engine is the scripted one: all of the way but the computing. */
export async function probe(options) {
  const settings = { replicas: 2, loadMs: 0, windowMs: 0, failAtWindow: -1, ...options };
  const native = await loadAddon().ProbeRecognizer.load(settings).promise;
  // It takes the defaults of CTranslate2. The constructor is private in TypeScript alone.
  const info = { ...native.info, engine: 'ctranslate2' };
  return new Recognizer(native, info, { root: modelsDir, download: 'never' });
}

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
/** The highest memory of this process so far, in MB. */
export const peakMb = () => process.resourceUsage().maxRSS / 1024;
/** The highest memory, in MB, of any program that this process runs, from now on (Linux alone). */
export function childrenPeak() {
  let peak = 0;
  const look = () => {
    for (const pid of childrenOf(process.pid)) {
      const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(read(`/proc/${pid}/status`))?.[1];
      peak = Math.max(peak, Number(kilobytes ?? 0) / 1024);
    }
  };
  const timer = setInterval(look, 10);
  const stop = () => {
    clearInterval(timer);
    return peak;
  };
  return { stop };
}

function childrenOf(pid) {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
}

/** What a file says; nothing where the process has ended meanwhile. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** CPU seconds since a process.cpuUsage(). */
export function cpuSeconds(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export function report(figures) {
  const rounded = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value,
  ]);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}
