import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ServicePart } from '../server/app.js';
import { countNetwork } from './count-network.js';
import { countNews } from './count-news.js';
import { createPipelineMetrics } from './pipeline-metrics.js';
import { countRequests, showState } from './served-metrics.js';

/** /metrics, in Prometheus's text form, and what is counted for it. */
export const metricsPart: ServicePart = (app, service) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = createPipelineMetrics(registry);
  countNews(service.news, metrics);
  const stop = countNetwork(metrics, service.served.load?.breaker);
  app.addHook('onClose', async () => stop());
  countRequests(app, registry);
  showState(service, registry);
  const { metricsPublic } = service.options;
  const config = { open: metricsPublic, whileDraining: true };
  app.get(
    '/metrics',
    { config, logLevel: 'warn', schema: { hide: true } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
};
