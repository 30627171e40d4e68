import { EventEmitter } from 'node:events';
import type { ModelPool, Pipeline } from 'cpw-native';
import type { ParsedServerOptions } from 'cpw-native/options';
import type { FastifyBaseLogger } from 'fastify';
import { createApp } from './server/app.js';
import type { ServedModel, Service, ServiceNews } from './service.js';

/** What a server is made of. */
export interface ServeRequest {
  readonly options: ParsedServerOptions;
  readonly served: ServedModel;
  /** Keys that a request may carry; none: every request is served. */
  readonly apiKeys: readonly string[];
  readonly models: ModelPool;
  readonly pipeline: Pipeline;
}

/** How a server runs. */
export interface ServeContext {
  readonly logger: FastifyBaseLogger;
  /** Its abort drains and stops the server. */
  readonly signal: AbortSignal;
  /** Told once it listens. */
  readonly onListening?: (address: string) => void;
}

/** Serves until the signal is aborted and what was begun then has ended. */
export async function serve(
  { options, served, apiKeys, models, pipeline }: ServeRequest,
  { logger, signal, onListening }: ServeContext,
): Promise<void> {
  const stop = new AbortController();
  const service: Service = {
    options,
    served,
    apiKeys,
    models,
    pipeline,
    logger,
    news: new EventEmitter<ServiceNews>().setMaxListeners(0),
    queues: new Map(),
    draining: () => signal.aborted,
    stopped: stop.signal,
  };
  const app = await createApp(service);
  const { host, port } = options;
  onListening?.(await app.listen({ host, port }));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const late = setTimeout(() => stop.abort(signal.reason), options.drainS * 1000);
  try {
    await app.close();
  } finally {
    clearTimeout(late);
  }
}
