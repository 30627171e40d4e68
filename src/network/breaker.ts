import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { CpwError, isTransient } from '../errors.js';
import { tellNetwork } from './news.js';

/** Where a breaker stands. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** News of a breaker, for those who show or count it. */
export interface BreakerNews {
  readonly name: string;
  readonly state: BreakerState;
}

export interface BreakerOptions {
  readonly onState?: ((news: BreakerNews) => void) | undefined;
  /** Failures one after the other that open it. */
  readonly failuresToOpen?: number;
  /** Milliseconds until one call may try again. */
  readonly halfOpenAfterMs?: number;
}

/** Leaves a service alone that has failed several times in a row. */
export interface Breaker {
  readonly name: string;
  readonly state: BreakerState;
  /** Calls, or throws CPW_DOWNLOAD_FAILED without a call while the breaker is open. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** The library's states by their names here. */
const breakerStates: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** A breaker for one service; transient errors alone count against it. */
export function networkBreaker(
  name: string,
  { onState, failuresToOpen = 5, halfOpenAfterMs = 60_000 }: BreakerOptions = {},
): Breaker {
  const policy = circuitBreaker(handleWhen(isTransient), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  });
  tellStates(policy, { name, onState });
  return {
    name,
    get state() {
      return breakerStates[policy.state];
    },
    run: async (work) => {
      try {
        return await policy.execute(work);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? paused(name, failuresToOpen) : error;
      }
    },
  };
}

/** Tells of a breaker of the library, from its beginning on. */
export function tellStates(
  policy: Pick<CircuitBreakerPolicy, 'state' | 'onStateChange'>,
  { name, onState }: { readonly name: string; readonly onState?: BreakerOptions['onState'] },
): void {
  const tell = (state: BreakerState): void => tellNetwork({ type: 'breaker', name, state });
  tell(breakerStates[policy.state]);
  policy.onStateChange((changed) => {
    const state = breakerStates[changed];
    tell(state);
    onState?.({ name, state });
  });
}

function paused(name: string, failures: number): CpwError {
  return new CpwError(
    'CPW_DOWNLOAD_FAILED',
    `${name} is left alone: it failed ${failures} times just before. Next step: try again in a ` +
      'minute, or check it.',
    { details: { name } },
  );
}
