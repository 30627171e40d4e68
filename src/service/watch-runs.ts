import { EventEmitter } from 'node:events';
import type { PipelineEvent } from 'cpw-native';
import type { ParsedBatchMetricsOptions } from 'cpw-native/options';
import { batchMetrics } from './metrics/batch-metrics.js';
import type { ServiceNews } from './service.js';

/** Watches the jobs of a run that serves nothing, for its metrics. */
export interface RunWatch {
  /** A job begins; tells of its stages and its end. */
  begin(job: { readonly id: string; readonly workflow: string }): JobWatch;
  /** Writes and pushes what was counted. Throws where that fails. */
  close(): Promise<void>;
}

/** Hears of one job. */
export interface JobWatch {
  onEvent(event: PipelineEvent): void;
  ended(state: 'completed' | 'failed' | 'cancelled'): void;
}

/** Begins to watch. */
export function watchRuns(options: ParsedBatchMetricsOptions): RunWatch {
  const news = new EventEmitter<ServiceNews>();
  const metrics = batchMetrics(news, options);
  return {
    begin: ({ id, workflow }) => {
      news.emit('job', { state: 'running', id, workflow });
      return {
        onEvent: (event) => void news.emit('stage', { job: id, correlationId: '', event }),
        ended: (state) => void news.emit('job', { state, id, workflow }),
      };
    },
    close: () => metrics.leave(),
  };
}
