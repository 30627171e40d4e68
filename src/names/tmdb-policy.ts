import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  ExponentialBackoff,
  circuitBreaker,
  handleWhen,
  retry,
  wrap,
  type IBackoff,
  type IBackoffFactory,
  type IRetryBackoffContext,
} from 'cockatiel';
import { CpwError, isTransient } from '../errors.js';
import { tellStates, type BreakerNews } from '../network/breaker.js';
import { tellNetwork } from '../network/news.js';
import { longestPauseMs, paused } from './tmdb-errors.js';

const attempts = 5;
const firstDelayMs = 1_000;
const failuresToOpen = 5;
const halfOpenAfterMs = 60_000;

/** An attempt that failed and is followed by another. */
export interface TmdbRetry {
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly attempts: number;
  readonly delayMs: number;
  readonly error: CpwError;
}

/** Runs attempts; one for all requests of a client, since the breaker counts over them. */
export type TmdbPolicy = <T>(
  path: string,
  attempt: (signal: AbortSignal | undefined) => Promise<T>,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onRetry?: ((retry: TmdbRetry) => void) | undefined;
  },
) => Promise<T>;

/**
 * Five attempts, from one second on and twice as long each time, up to half as much again so that
 * clients do not come in step, or as long as the server says. After five failures one after the
 * other nothing is asked for a minute; then one attempt decides.
 */
export function tmdbPolicy(onState?: (news: BreakerNews) => void): TmdbPolicy {
  const breaker = circuitBreaker(handleWhen(isTrouble), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  });
  tellStates(breaker, { name: 'tmdb', onState });
  return async (path, attempt, { signal, onRetry }) => {
    const again = retry(handleWhen(isWorthAnother), {
      maxAttempts: attempts - 1,
      backoff: noSooner(exponential.next()),
    });
    again.onRetry((event) => {
      const error = 'error' in event ? event.error : undefined;
      if (!(error instanceof CpwError)) return;
      const { attempt: failed, delay: delayMs } = event;
      tellNetwork({ type: 'retry', name: 'tmdb', attempt: failed, delayMs });
      onRetry?.({ attempt: failed, attempts, delayMs, error });
    });
    try {
      const run = wrap(again, breaker).execute(() => attempt(signal), signal);
      return await orAborted(run, signal);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? paused(path, failuresToOpen) : error;
    }
  };
}

const exponential = new ExponentialBackoff<number>({
  generator: (count, options) => {
    const delay = options.initialDelay * options.exponent ** (count ?? 0);
    return [delay * (1 + Math.random() / 2), (count ?? 0) + 1];
  },
  initialDelay: firstDelayMs,
});

/** The same delays, but none shorter than the server asked for. */
function noSooner(inner: IBackoff<unknown>): IBackoffFactory<IRetryBackoffContext<unknown>> {
  const step = (
    { result }: IRetryBackoffContext<unknown>,
    own: IBackoff<unknown>,
  ): IBackoff<IRetryBackoffContext<unknown>> => {
    const asked = 'error' in result ? pauseOf(result.error) : 0;
    const duration = Math.max(own.duration, asked);
    return { duration, next: (context) => step(context, own.next(undefined)) };
  };
  return { next: (context) => step(context, inner) };
}

function pauseOf(error: unknown): number {
  const asked = error instanceof CpwError ? error.details?.['retryAfterMs'] : undefined;
  return typeof asked === 'number' ? asked : 0;
}

function isWorthAnother(error: unknown): boolean {
  return isTransient(error) && pauseOf(error) <= longestPauseMs;
}

/** A server that asks for a pause is well. */
function isTrouble(error: unknown): boolean {
  return isTransient(error) && error.details?.['status'] !== 429;
}

/** The library waits out its delays; an abort does not. */
async function orAborted<T>(run: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return run;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  run.catch(() => undefined);
  try {
    signal.throwIfAborted();
    return await Promise.race([run, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
