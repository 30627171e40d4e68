import { setTimeout as sleep } from 'node:timers/promises';
import { CpwError } from '../errors.js';

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 4000;
const LONGEST_DELAY_MS = 10_000;

/** Waits; tests pass one that does not. Rejects with the signal's reason when it fires. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** A failed attempt that is followed by another. */
export interface Retry {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly attempts: number;
  readonly delayMs: number;
  readonly error: CpwError;
}

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly wait?: Wait | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** Waits by the clock. */
export const waitByClock: Wait = async (ms, signal) => {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
};

/** Works up to three times; only errors that call themselves transient are worth another try. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { signal, wait = waitByClock, onRetry }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof CpwError && error.transient) || attempt >= ATTEMPTS) throw error;
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
      onRetry?.({ attempt, attempts: ATTEMPTS, delayMs, error });
      await wait(delayMs, signal);
    }
  }
}
