import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../errors.js';
import { tellNetwork } from '../network/news.js';
import type { ParsedRetryOptions } from '../options/faults.js';

/** Waits; tests pass one that does not. Rejects with the signal's reason when it fires. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** An attempt that failed. */
export interface FailedAttempt {
  /** Counted from 1. */
  readonly attempt: number;
  readonly attempts: number;
  readonly error: unknown;
  /** Milliseconds until the next one; absent where none follows. */
  readonly delayMs?: number;
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

/** Milliseconds until the next attempt; undefined where none is worth while. */
export function delayAfter(
  attempt: number,
  error: unknown,
  { maxRetries, initialDelayS, backoffFactor, maxDelayS, jitter }: ParsedRetryOptions,
): number | undefined {
  if (!isTransient(error) || attempt > maxRetries) return undefined;
  const delayS = Math.min(maxDelayS, initialDelayS * backoffFactor ** (attempt - 1));
  return delayS * 1000 * (jitter ? 1 - Math.random() / 2 : 1);
}

/** The line for the log: which attempt failed, why, and what follows. */
export function attemptText({ attempt, attempts, error, delayMs }: FailedAttempt): string {
  const reason = error instanceof Error ? error.message : String(error);
  const next =
    delayMs !== undefined
      ? `the next one begins in ${(delayMs / 1000).toFixed(1)} s`
      : isTransient(error)
        ? 'no more follows'
        : 'not retrying, since the failure is permanent';
  return `Attempt ${attempt}/${attempts} failed, ${next}: ${reason}`;
}

/**
 * Works until it succeeds, fails for good or has no attempts left; only what calls itself transient
 * is worth another try. `onFailed` hears of each failure, and the channel of `NetworkNews` of each
 * that is followed by another attempt. An abort ends the pauses too.
 */
export async function retryTransient<T>(
  work: (attempt: number) => Promise<T>,
  options: ParsedRetryOptions,
  {
    name,
    signal,
    onFailed,
    wait = waitByClock,
  }: {
    /** Of the service that is asked. */
    readonly name: string;
    readonly signal?: AbortSignal | undefined;
    readonly onFailed?: (failed: FailedAttempt) => void;
    readonly wait?: Wait;
  },
): Promise<T> {
  const attempts = options.maxRetries + 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      signal?.throwIfAborted();
      return await work(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      const delayMs = delayAfter(attempt, error, options);
      onFailed?.({ attempt, attempts, error, ...(delayMs === undefined ? {} : { delayMs }) });
      if (delayMs === undefined) throw error;
      tellNetwork({ type: 'retry', name, attempt, delayMs });
      await wait(delayMs, signal);
    }
  }
}
