import { CpwError } from '../errors.js';
import type { ParsedRetryOptions } from '../options/faults.js';
import { retryTransient, type Wait } from './retry.js';

const times: ParsedRetryOptions = {
  maxRetries: 2,
  initialDelayS: 4,
  backoffFactor: 2,
  maxDelayS: 10,
  jitter: false,
};

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

/** Works up to three times; only errors that call themselves transient are worth another try. */
export function withRetries<T>(
  work: () => Promise<T>,
  { signal, wait, onRetry }: RetryOptions,
): Promise<T> {
  return retryTransient(work, times, {
    name: 'hub',
    signal,
    ...(wait === undefined ? {} : { wait }),
    onFailed: ({ attempt, attempts, delayMs, error }) => {
      if (delayMs !== undefined && error instanceof CpwError) {
        onRetry?.({ attempt, attempts, delayMs, error });
      }
    },
  });
}
