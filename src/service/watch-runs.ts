import { EventEmitter } from 'node:events';
import type { PipelineEvent } from 'cpw-native';
import type { ParsedBatchMetricsOptions, ParsedTracingOptions } from 'cpw-native/options';
import { batchMetrics } from './metrics/batch-metrics.js';
import type { ServiceNews } from './service.js';

/** A job that is watched. */
export interface WatchedJob {
  readonly id: string;
  readonly workflow: string;
  readonly input: string;
  readonly traceparent?: string;
}

/** Watches the jobs of a run that serves nothing, for its metrics and traces. */
export interface RunWatch {
  /** A job begins; tells of its stages and its end. */
  begin(job: WatchedJob): JobWatch;
  /** Writes and sends what was found. Throws where that fails. */
  close(): Promise<void>;
}

/** Hears of one job. */
export interface JobWatch {
  onEvent(event: PipelineEvent): void;
  ended(state: 'completed' | 'failed' | 'cancelled', error?: unknown): void;
}

/** Begins to watch. */
export async function watchRuns(
  options: ParsedBatchMetricsOptions & ParsedTracingOptions,
): Promise<RunWatch> {
  const news = new EventEmitter<ServiceNews>();
  const metrics = batchMetrics(news, options);
  const closeTraces = await traced(news, options);
  return {
    begin: ({ id, workflow, input, traceparent }) => {
      const trace = traceparent === undefined ? {} : { traceparent };
      news.emit('job', { state: 'running', id, workflow, input, ...trace });
      return {
        onEvent: (event) => void news.emit('stage', { job: id, correlationId: '', event }),
        ended: (state, error) => void news.emit('job', { state, id, workflow, error }),
      };
    },
    close: async () => {
      await Promise.all([metrics.leave(), closeTraces()]);
    },
  };
}

async function traced(
  news: EventEmitter<ServiceNews>,
  options: ParsedTracingOptions,
): Promise<() => Promise<void>> {
  const { otlpEndpoint, traceFileNames: fileNames } = options;
  if (otlpEndpoint === undefined) return async () => undefined;
  const [{ openTracing }, { traceNews }] = await Promise.all([
    import('./tracing/otlp.js'),
    import('./tracing/trace-news.js'),
  ]);
  const tracing = openTracing({ ...options, otlpEndpoint });
  traceNews(news, { tracing, fileNames });
  return () => tracing.close();
}
