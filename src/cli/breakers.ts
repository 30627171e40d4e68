import { networkBreaker, type Breaker, type BreakerNews } from '../network/breaker.js';
import type { Reporter } from './reporter.js';

const texts = {
  open: 'is left alone for a minute: it failed several times one after the other',
  'half-open': 'is asked once more',
  closed: 'answers again',
} as const;

/** Tells when a service of the network is left alone, and when no longer. */
export function sayBreaker(reporter: Pick<Reporter, 'note'>, { name, state }: BreakerNews): void {
  reporter.note(`${name} ${texts[state]}`);
}

/** The breaker of the hub that models are fetched from. */
export function hubBreaker(reporter: Pick<Reporter, 'note'>): Breaker {
  return networkBreaker('hub', { onState: (news) => sayBreaker(reporter, news) });
}
