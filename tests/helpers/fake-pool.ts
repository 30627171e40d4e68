import type { PreparedRecognizer } from '../../src/engines/load-recognizer.js';
import { ModelPool, type PoolWorld } from '../../src/engines/model-pool.js';
import type { PoolableRecognizer } from '../../src/engines/pooled-recognizer.js';
import { startTranscription } from '../../src/engines/transcription.js';
import type { ModelPoolOptions } from '../../src/options/model-pool.js';
import type { RecognizerOptions } from '../../src/options/recognizer.js';
import type { Transcript } from '../../src/types.js';

/** A promise that a test settles. */
export interface Pending<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function pending<T>(): Pending<T> {
  let resolve: Pending<T>['resolve'] = () => undefined;
  let reject: Pending<T>['reject'] = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** What a job without speech gives. */
export const empty: Transcript = {
  language: '',
  languageProbability: 0,
  duration: 0,
  segments: [],
};
export const mebibyte = 2 ** 20;

/** A world in which models are numbers, time stands still, and loads end when they are told to. */
export class FakeWorld implements PoolWorld {
  /** Paths in the order in which they were loaded, and closed. */
  readonly loaded: string[] = [];
  readonly closed: string[] = [];
  readonly signals: AbortSignal[] = [];
  memory = Infinity;
  sizes: Record<string, number> = {};
  /** Holds the next load up, or fails it. */
  gate: Promise<unknown> = Promise.resolve();
  /** What the jobs of the models wait for. */
  job: Promise<Transcript> = Promise.resolve(empty);
  #timers = new Set<{ at: number; run: () => void }>();
  #now = 0;

  async prepare(model: string, options: RecognizerOptions): Promise<PreparedRecognizer> {
    const threads = typeof options.threads === 'number' ? options.threads : 1;
    const engine = options.engine === 'whisper' ? 'whisper' : 'ctranslate2';
    const of = { name: model, engine, format: 'ctranslate2', computeType: 'int8', reason: '' };
    return {
      plan: {
        model: { ...of, path: `/models/${model}` } as PreparedRecognizer['plan']['model'],
        device: 'cpu',
        deviceIndex: 0,
        reason: '',
        threads,
        replicas: 1,
        batch: { rows: 4, seconds: 60, reason: '' },
      },
      store: { download: 'never' },
    };
  }

  async load({ plan }: PreparedRecognizer, signal: AbortSignal): Promise<PoolableRecognizer> {
    const { path, name } = plan.model;
    this.signals.push(signal);
    const stopped = pending<never>();
    signal.addEventListener('abort', () => stopped.reject(signal.reason));
    await Promise.race([this.gate, stopped.promise]);
    this.loaded.push(name);
    return {
      info: { path } as PoolableRecognizer['info'],
      transcribe: () => startTranscription(() => this.job, {}),
      detectLanguage: async () => [],
      close: () => this.closed.push(name),
    };
  }

  async estimate({ plan }: PreparedRecognizer): Promise<number> {
    return (this.sizes[plan.model.name] ?? 1) * mebibyte;
  }

  available(): number {
    const taken = this.loaded.filter((name) => !this.closed.includes(name));
    return (this.memory - taken.reduce((sum, name) => sum + (this.sizes[name] ?? 1), 0)) * mebibyte;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

/** A pool in a world of its own. */
export function setUp(options: ModelPoolOptions = {}): { world: FakeWorld; pool: ModelPool } {
  const world = new FakeWorld();
  return { world, pool: new ModelPool(options, world) };
}
