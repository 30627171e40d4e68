import { basename, dirname, join } from 'node:path';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.js';

const httpBuckets = [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600];

/** Counts requests by the pattern of their route: what clients ask for makes no new series. */
export function countRequests(app: FastifyInstance, registry: Registry): void {
  const registers = [registry];
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'pipeline_http_requests_total',
    help: 'Requests that were answered',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    name: 'pipeline_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames,
    buckets: httpBuckets,
    registers,
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    requests.inc(labels);
    seconds.observe(labels, reply.elapsedTime / 1000);
  });
}

/** What is looked up when somebody asks for the metrics. */
export function showState({ queues, models, pipeline }: Service, registry: Registry): void {
  const ofQueues = (name: string, help: string, key: 'waiting' | 'limit'): Gauge<'queue'> =>
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers: [],
      collect() {
        for (const [queue, state] of queues) this.set({ queue }, state()[key]);
      },
    });
  const depth = ofQueues('pipeline_queue_depth', 'What waits for an engine', 'waiting');
  const limit = ofQueues('pipeline_queue_limit', 'Most that may wait for an engine', 'limit');
  const memory = new Gauge({
    name: 'pipeline_model_memory_bytes',
    help: 'Estimated memory of the recognition models that are loaded',
    labelNames: ['model', 'engine', 'device'],
    registers: [],
    collect() {
      this.reset();
      for (const { path, engine, device, bytes } of [...models.models, ...pipeline.models]) {
        const model = join(basename(dirname(path)), basename(path));
        this.inc({ model, engine, device }, bytes);
      }
    },
  });
  for (const gauge of [depth, limit, memory]) registry.registerMetric<string>(gauge);
}
