import type { QueueState } from '../service.js';
import { Refusal } from './refusal.js';

/** How much is taken on at once. */
export interface WorkLimits {
  readonly maxConcurrent: number;
  readonly maxQueue: number;
}

/** A request's place, from its beginning on. Disposing it makes room for others. */
export interface Place extends Disposable {
  /** Resolves when it is its turn, in the order of these calls. An abort ends the wait. */
  begin(signal: AbortSignal): Promise<void>;
}

const runsKept = 32;
const secondsWhenUnknown = 5;

/**
 * Counts requests from the first byte on, so that uploads that nobody would work on are not taken,
 * and lets so many of them work at a time.
 */
export class WorkQueue {
  readonly #limits: WorkLimits;
  readonly #now: () => number;
  readonly #turns: (() => void)[] = [];
  readonly #seconds: number[] = [];
  #entered = 0;
  #running = 0;

  constructor(limits: WorkLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Requests that engines work on. */
  get running(): number {
    return this.#running;
  }

  /** Requests that are being uploaded or wait for their turn. */
  get waiting(): number {
    return this.#entered - this.#running;
  }

  /** True where the next request would be refused. */
  get full(): boolean {
    return this.#entered >= this.#limits.maxConcurrent + this.#limits.maxQueue;
  }

  get state(): QueueState {
    return { waiting: this.waiting, running: this.#running, limit: this.#limits.maxQueue };
  }

  /** Seconds until a place should be free, by the time that recent requests took. */
  get retryAfterS(): number {
    const sum = this.#seconds.reduce((total, one) => total + one, 0);
    const mean = this.#seconds.length === 0 ? secondsWhenUnknown : sum / this.#seconds.length;
    return Math.min(600, Math.max(1, Math.ceil(mean / this.#limits.maxConcurrent)));
  }

  /** Takes a place. Throws the refusal with status 429 where there is none. */
  enter(): Place {
    if (this.full) {
      const { retryAfterS } = this;
      throw new Refusal(
        'rate_limit_exceeded',
        `The server works on ${this.#running} requests and ${this.waiting} wait, which is all it ` +
          `takes. Next step: try again in ${retryAfterS} s.`,
        { retryAfterS },
      );
    }
    this.#entered += 1;
    let begun: number | undefined;
    let left = false;
    return {
      begin: async (signal) => {
        await this.#turn(signal);
        begun = this.#now();
      },
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#entered -= 1;
        if (begun !== undefined) this.#end(begun);
      },
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#limits.maxConcurrent) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#turns.splice(this.#turns.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      const turn = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#turns.push(turn);
    });
  }

  #end(begun: number): void {
    this.#seconds.push((this.#now() - begun) / 1000);
    if (this.#seconds.length > runsKept) this.#seconds.shift();
    const next = this.#turns.shift();
    // The one who waits takes the turn over: nobody comes in between.
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
