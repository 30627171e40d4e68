import type { Recognizer } from '../../engines/recognizer.js';
import type { EngineName } from '../../types.js';
import { recognizerClass } from '../library.js';
import type { Reporter } from '../reporter.js';
import { waysToShare, windowLengths, type Setting, type Shares, type Trial } from './settings.js';

/** What is tried, on what. */
export interface TrialOptions {
  readonly model: string;
  readonly file: string;
  readonly language: string;
  /** Seconds of the file that are transcribed. */
  readonly seconds: number;
  readonly trials: number;
  readonly engines: readonly EngineName[];
  readonly cores: number;
  /** The window of whoever asks for nothing. */
  readonly windowS: number;
  /** Options of every load. */
  readonly load: {
    readonly modelsDir?: string | undefined;
    readonly cacheDir: string;
    readonly download: 'never';
    readonly device: 'cpu';
  };
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
}

/**
 * Tries the ways to share the cores with the usual window, then the other windows with the best of
 * them, for each engine.
 */
export async function runTrials(options: TrialOptions): Promise<readonly Trial[]> {
  const found: Trial[] = [];
  for (const engine of options.engines) {
    const own: Trial[] = [];
    for (const shares of waysToShare(options.cores)) {
      own.push(...(await tryShares({ engine, shares, windows: [options.windowS] }, options)));
    }
    const [best] = own.toSorted((a, b) => b.speed - a.speed);
    const windows = windowLengths.filter((one) => one !== options.windowS);
    if (best !== undefined)
      own.push(...(await tryShares({ engine, shares: best, windows }, options)));
    found.push(...own);
  }
  return found;
}

interface Plan {
  readonly engine: EngineName;
  readonly shares: Shares;
  readonly windows: readonly number[];
}

async function tryShares(
  { engine, shares: { replicas, threads }, windows }: Plan,
  options: TrialOptions,
): Promise<readonly Trial[]> {
  const { model, load, reporter, signal } = options;
  const Recognizer = await recognizerClass();
  reporter.progress(`loading ${model} for ${engine}`, undefined);
  const startedAt = performance.now();
  const settings = { ...load, engine, replicas, threads };
  const recognizer = await Recognizer.load(model, settings, { signal });
  const loadS = secondsSince(startedAt);
  const found: Trial[] = [];
  try {
    for (const windowS of windows) {
      const setting: Setting = { engine, replicas, threads, windowS };
      found.push({ ...setting, loadS, ...(await tryWindow(recognizer, setting, options)) });
    }
  } finally {
    reporter.done();
    recognizer.close();
  }
  return found;
}

async function tryWindow(
  recognizer: Recognizer,
  { engine, replicas, threads, windowS }: Setting,
  { file, language, seconds, trials, signal, reporter }: TrialOptions,
): Promise<Pick<Trial, 'elapsedS' | 'speed' | 'words'>> {
  const label = `${engine}, ${replicas} x ${Math.max(1, Math.floor(threads / replicas))}, windows of ${windowS} s`;
  let best = { elapsedS: Infinity, speed: 0, words: 0 };
  for (let trial = 0; trial < trials; trial += 1) {
    const onProgress = (fraction: number): void =>
      reporter.progress(label, (trial + fraction) / trials);
    const startedAt = performance.now();
    const { duration, segments } = await recognizer.transcribe(
      file,
      { language, windowS, end: seconds },
      { signal, onProgress },
    );
    const elapsedS = secondsSince(startedAt);
    const words = segments.flatMap(({ text }) => text.split(/\s+/u).filter(Boolean)).length;
    if (elapsedS < best.elapsedS) best = { elapsedS, speed: duration / elapsedS, words };
  }
  return best;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
