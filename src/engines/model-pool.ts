import { abortable } from '../media/abortable.js';
import { availableMemory } from '../native/memory.js';
import { modelPoolOptionsSchema, type ModelPoolOptions } from '../options/model-pool.js';
import { parseOptions } from '../options/parse.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import { prepareRecognizer, type LoadContext, type PreparedRecognizer } from './load-recognizer.js';
import { estimateMemory } from './memory-estimate.js';
import { PooledRecognizer, type PoolableRecognizer } from './pooled-recognizer.js';
import { closedPool, nobodyWaits, noRoom } from './pool-errors.js';
import { Recognizer } from './recognizer.js';

/** @internal What a pool does with the world, for tests. */
export interface PoolWorld {
  prepare(
    model: string,
    options: RecognizerOptions,
    context: LoadContext,
  ): Promise<PreparedRecognizer>;
  load(prepared: PreparedRecognizer, signal: AbortSignal): Promise<PoolableRecognizer>;
  /** Bytes that a loaded model takes at work. */
  estimate(prepared: PreparedRecognizer): Promise<number>;
  /** Bytes that may be taken now. */
  available(): number;
  /** Runs `run` after so many milliseconds; what it returns calls it off. */
  after(ms: number, run: () => void): () => void;
}

/** A model in a pool, as {@link ModelPool.models} lists it. */
export interface PooledModel {
  readonly path: string;
  readonly engine: string;
  readonly device: string;
  readonly computeType: string;
  /** Estimated; see README. */
  readonly bytes: number;
  readonly state: 'loading' | 'in use' | 'idle';
  /** Handles that were not closed. */
  readonly handles: number;
  /** Calls that are running. */
  readonly jobs: number;
}

interface Entry {
  readonly prepared: PreparedRecognizer;
  readonly loading: Promise<PoolableRecognizer>;
  readonly stop: AbortController;
  recognizer: PoolableRecognizer | undefined;
  bytes: number;
  handles: number;
  jobs: number;
  callOff: () => void;
}

const world: PoolWorld = {
  prepare: prepareRecognizer,
  load: (prepared, signal) => Recognizer.open(prepared, signal),
  estimate: ({ plan }) => estimateMemory(plan),
  available: availableMemory,
  after: (ms, run) => {
    // A model that waits to be unloaded keeps no process alive.
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Loads each model once and shares it. A model is the same where file, engine, device, compute type,
 * threads and replicas are. What nobody uses is unloaded after a time, or earlier for a model that
 * needs its memory; what is in use never is.
 *
 * @example
 * const pool = new ModelPool({ idleS: 60, maxBytes: 4e9 });
 * await using recognizer = await pool.acquire('base');
 * await recognizer.transcribe('talk.wav');
 */
export class ModelPool {
  readonly #idleMs: number;
  readonly #maxBytes: number | undefined;
  readonly #world: PoolWorld;
  /** In the order of their last use, the latest at the end. */
  readonly #entries = new Map<string, Entry>();
  readonly #atRest = new Set<() => void>();
  #closed = false;

  /** Throws CPW_INVALID_OPTIONS. */
  constructor(options: ModelPoolOptions = {}, inner: PoolWorld = world) {
    const parsed = parseOptions(modelPoolOptionsSchema, options, { subject: 'ModelPool' });
    this.#idleMs = parsed.idleS * 1000;
    this.#maxBytes = parsed.maxBytes;
    this.#world = inner;
  }

  /** The models that are loaded or being loaded, the least recently used first. */
  get models(): readonly PooledModel[] {
    return [...this.#entries.values()].map(({ prepared, recognizer, bytes, handles, jobs }) => {
      const { model, device } = prepared.plan;
      const { path, engine, computeType } = model;
      const used = handles > 0 || jobs > 0;
      const state = recognizer === undefined ? 'loading' : used ? 'in use' : 'idle';
      return { path, engine, device, computeType, bytes, state, handles, jobs };
    });
  }

  /**
   * A handle on a model, which is loaded unless it is there; several calls share one load. Throws
   * what `Recognizer.load` throws, and CPW_OUT_OF_MEMORY before a load that cannot fit. An abort
   * ends the wait of this call alone.
   */
  async acquire(
    model: string,
    options: RecognizerOptions = {},
    context: LoadContext = {},
  ): Promise<PooledRecognizer> {
    this.#checkOpen();
    const prepared = await this.#world.prepare(model, options, context);
    this.#checkOpen();
    context.signal?.throwIfAborted();
    const key = keyOf(prepared);
    const entry = this.#entries.get(key) ?? this.#begin(key, prepared);
    this.#use(key, entry);
    entry.handles += 1;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      entry.handles -= 1;
      this.#rest(key, entry);
    };
    try {
      const recognizer = await abortable(entry.loading, context.signal);
      const begin = (): (() => void) => {
        this.#use(key, entry);
        entry.jobs += 1;
        return () => {
          entry.jobs -= 1;
          this.#rest(key, entry);
        };
      };
      return new PooledRecognizer({ recognizer, begin, release });
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Waits for running calls and unloads everything. Loads are stopped; later calls throw CPW_CLOSED. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [key, entry] of this.#entries) {
      if (entry.recognizer === undefined) entry.stop.abort(closedPool());
      else if (entry.jobs === 0) this.#unload(key, entry);
    }
    while (this.#entries.size > 0) {
      await new Promise<void>((resolve) => this.#atRest.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(key: string, prepared: PreparedRecognizer): Entry {
    const stop = new AbortController();
    const load = async (): Promise<PoolableRecognizer> => {
      const bytes = await this.#world.estimate(prepared);
      stop.signal.throwIfAborted();
      this.#makeRoom(bytes, entry);
      entry.bytes = bytes;
      return this.#world.load(prepared, stop.signal);
    };
    const entry: Entry = {
      prepared,
      // Begun a moment later, when the entry is there.
      loading: Promise.resolve().then(load),
      stop,
      recognizer: undefined,
      bytes: 0,
      handles: 0,
      jobs: 0,
      callOff: () => undefined,
    };
    this.#entries.set(key, entry);
    entry.loading.then(
      (recognizer) => this.#loaded(key, entry, recognizer),
      () => this.#forget(key, entry),
    );
    return entry;
  }

  #loaded(key: string, entry: Entry, recognizer: PoolableRecognizer): void {
    entry.recognizer = recognizer;
    // Everybody gave up meanwhile, and the load came to its end all the same.
    if (this.#entries.get(key) !== entry) recognizer.close();
    else this.#rest(key, entry);
  }

  #use(key: string, entry: Entry): void {
    entry.callOff();
    if (this.#entries.get(key) !== entry) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  /** Something has ended: the model may have nobody left. */
  #rest(key: string, entry: Entry): void {
    if (entry.jobs > 0 || this.#entries.get(key) !== entry) return;
    if (this.#closed && entry.recognizer !== undefined) return this.#unload(key, entry);
    if (entry.handles > 0) return;
    if (entry.recognizer === undefined) {
      // The last one who waited is gone: whoever comes now begins anew.
      this.#forget(key, entry);
      entry.stop.abort(nobodyWaits());
    } else if (this.#idleMs === 0) {
      this.#unload(key, entry);
    } else {
      entry.callOff = this.#world.after(this.#idleMs, () => this.#unload(key, entry));
    }
  }

  #unload(key: string, entry: Entry): void {
    entry.callOff();
    entry.recognizer?.close();
    this.#forget(key, entry);
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    for (const wake of this.#atRest) wake();
    this.#atRest.clear();
  }

  /** Unloads idle models until the new one fits. Throws CPW_OUT_OF_MEMORY where that is not enough. */
  #makeRoom(needed: number, entry: Entry): void {
    const others = [...this.#entries].filter(([, one]) => one !== entry);
    const idle = others.filter(([, one]) => isIdle(one));
    // What is being loaded has not taken its memory yet.
    const coming = others.filter(([, one]) => one.recognizer === undefined);
    const free = this.#world.available() - bytesOf(coming);
    const underCap = (this.#maxBytes ?? Infinity) - bytesOf(others);
    const most = Math.min(free, underCap) + bytesOf(idle);
    if (needed > most) {
      const kept = others.filter(([, one]) => !isIdle(one));
      throw noRoom(entry.prepared.plan, {
        needed,
        available: Math.max(0, most),
        capped: underCap < free,
        inUse: kept.map(([, one]) => ({ path: one.prepared.plan.model.path, bytes: one.bytes })),
      });
    }
    let left = Math.min(free, underCap);
    for (const [key, one] of idle) {
      if (needed <= left) return;
      left += one.bytes;
      this.#unload(key, one);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw closedPool();
  }
}

function keyOf({ plan, store }: PreparedRecognizer): string {
  const { model, device, deviceIndex, threads, replicas, batch } = plan;
  const { path, engine, computeType } = model;
  return JSON.stringify([
    path,
    engine,
    device,
    deviceIndex,
    computeType,
    threads,
    replicas,
    batch.rows,
    batch.seconds,
    store.root,
  ]);
}

function isIdle({ recognizer, handles, jobs }: Entry): boolean {
  return recognizer !== undefined && handles === 0 && jobs === 0;
}

function bytesOf(entries: readonly (readonly [string, Entry])[]): number {
  return entries.reduce((sum, [, { bytes }]) => sum + bytes, 0);
}
