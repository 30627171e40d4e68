import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { audioPath } from './audio.js';
import { residentMb } from './server-process.js';

/** What one client of a load came to. */
export interface ClientRun {
  /** Of the last answer. */
  readonly status: number;
  readonly text: string;
  /** From its first try to its last answer, waits included. */
  readonly seconds: number;
  /** Answers with 429 before that. */
  readonly refused: number;
  /** Whether each of those said when to come again. */
  readonly toldWhen: boolean;
}

const wav = readFileSync(audioPath('jfk.wav'));
const headBytes = wav.indexOf('data') + 8;
const bytesPerSecond = 32_000;

/** The first seconds of jfk.wav (16 kHz, 16 bits, mono) as a file. */
export function jfkCut(seconds: number): Blob {
  const length = Math.min(wav.length - headBytes, Math.round(seconds * bytesPerSecond));
  const head = Buffer.from(wav.subarray(0, headBytes));
  head.writeUInt32LE(length + headBytes - 8, 4);
  head.writeUInt32LE(length, headBytes - 4);
  return new Blob([head, wav.subarray(headBytes, headBytes + length)]);
}

/** Sends a recording, and again after the time that a 429 names, up to `tries` times. */
export async function uploadUntilServed(
  url: string,
  { audio, tries }: { readonly audio: Blob; readonly tries: number },
): Promise<ClientRun> {
  const begun = performance.now();
  let toldWhen = true;
  for (let refused = 0; ; refused += 1) {
    const answer = await upload(url, audio);
    const text = await answer.text();
    const seconds = (performance.now() - begun) / 1000;
    if (answer.status !== 429 || refused + 1 === tries)
      return { status: answer.status, text, seconds, refused, toldWhen };
    const after = Number(answer.headers.get('retry-after'));
    toldWhen &&= after >= 1;
    await pause(Math.max(1, after) * 1000);
  }
}

/** One upload and its answer. */
export function upload(url: string, audio: Blob): Promise<Response> {
  const form = new FormData();
  form.append('model', 'whisper-1');
  form.append('file', audio, 'jfk.wav');
  return fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form });
}

/** Samples a process's memory until it is stopped, which gives the largest value, in MB. */
export function watchMemory(process: Pick<ChildProcess, 'pid'>): () => Promise<number> {
  let most = 0;
  const stop = new AbortController();
  const watch = (async () => {
    while (!stop.signal.aborted) {
      most = Math.max(most, await residentMb(process));
      await pause(25, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    return most;
  })();
  return () => {
    stop.abort();
    return watch;
  };
}

/** Asks for health until it is stopped, which gives the longest time to an answer, in s. */
export function watchHealth(url: string): () => Promise<number> {
  const worker = new Worker(new URL('probe-health.mjs', import.meta.url), { workerData: url });
  const longest = once(worker, 'message') as Promise<[number]>;
  return async () => {
    worker.postMessage('stop');
    const [seconds] = await longest;
    return seconds;
  };
}

/** The value that so much of all lies at or below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
