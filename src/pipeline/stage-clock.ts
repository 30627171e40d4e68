import type { StageResources } from './manifest.js';

/** What a running stage uses. */
export class StageClock {
  readonly #startedAt = performance.now();
  readonly #cpu = process.cpuUsage();
  #waitedMs = 0;
  #peakBytes = process.memoryUsage.rss();
  #waits = 0;
  #waitsSince = 0;
  #signs = 0;

  /** How often the stage has shown that it is alive. */
  get signs(): number {
    return this.#signs;
  }

  /** The stage is alive. */
  beat(): void {
    this.#signs += 1;
  }

  /** True while the stage waits for another. */
  get isWaiting(): boolean {
    return this.#waits > 0;
  }

  /** Notes how much memory the process has now. */
  sample(): void {
    this.#peakBytes = Math.max(this.#peakBytes, process.memoryUsage.rss());
  }

  /** Waits for another stage: time that is not the stage's own. */
  async waiting<T>(work: Promise<T>): Promise<T> {
    // Waits for several at once are one wait.
    if (this.#waits === 0) this.#waitsSince = performance.now();
    this.#waits += 1;
    try {
      return await work;
    } finally {
      this.#waits -= 1;
      if (this.#waits === 0) this.#waitedMs += performance.now() - this.#waitsSince;
    }
  }

  /** Iterates with the waits for each item counted; `onItem` hears of each. */
  async *following<T>(items: AsyncIterable<T>, onItem?: () => void): AsyncGenerator<T, void> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.waiting(iterator.next());
        if (next.done === true) return;
        this.beat();
        onItem?.();
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  resources(): StageResources {
    this.sample();
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      wallS: rounded((performance.now() - this.#startedAt) / 1000),
      waitedS: rounded(this.#waitedMs / 1000),
      cpuS: rounded((user + system) / 1e6),
      peakRssMb: rounded(this.#peakBytes / 1e6),
    };
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const sampleMs = 250;

/** Calls `sample` a few times a second until what it returns is called; keeps no process alive. */
export function sampleEvery(sample: () => void): () => void {
  const timer = setInterval(sample, sampleMs).unref();
  return () => clearInterval(timer);
}
