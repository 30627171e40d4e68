import { channel } from 'node:diagnostics_channel';
import type { BreakerState } from './breaker.js';

/** What befalls calls to network services, for those who count it. */
export type NetworkNews =
  | { readonly type: 'breaker'; readonly name: string; readonly state: BreakerState }
  | {
      readonly type: 'retry';
      /** Of the service: hub, tmdb, mail … */
      readonly name: string;
      /** The attempt that failed, counted from 1. */
      readonly attempt: number;
      /** Milliseconds until the next one. */
      readonly delayMs: number;
    };

/** Name of the `node:diagnostics_channel` on which `NetworkNews` are published. */
export const networkChannel = 'cpw-native:network';

const published = channel(networkChannel);

/** Tells whoever listens; costs nothing where nobody does. */
export function tellNetwork(news: NetworkNews): void {
  published.publish(news);
}
