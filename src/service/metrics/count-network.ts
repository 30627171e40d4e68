import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { networkChannel, type Breaker, type NetworkNews } from 'cpw-native';
import type { PipelineMetrics } from './pipeline-metrics.js';

const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const;

/**
 * Counts what befalls calls to network services, in this whole process; `breaker` is one that was
 * there before. Returns what ends the counting.
 */
export function countNetwork(
  metrics: Pick<PipelineMetrics, 'retries' | 'breakers'>,
  breaker?: Breaker,
): () => void {
  const show = ({ name, state }: Pick<Breaker, 'name' | 'state'>): void =>
    metrics.breakers.set({ breaker: name }, breakerStates[state]);
  const listen = (message: unknown): void => {
    const news = message as NetworkNews;
    if (news.type === 'breaker') show(news);
    else metrics.retries.inc({ operation: news.name });
  };
  if (breaker !== undefined) show(breaker);
  subscribe(networkChannel, listen);
  return () => void unsubscribe(networkChannel, listen);
}
