import type { ServicePart } from '../server/app.js';

const traceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/u;

/** Traces requests and jobs where a collector is named; else nothing of OpenTelemetry is loaded. */
export const tracingPart: ServicePart = async (app, service) => {
  // Before anybody keeps it: a job's record takes no other form.
  app.addHook('onRequest', async ({ raw }) => {
    const given = raw.headers['traceparent'];
    if (typeof given !== 'string' || !traceparent.test(given)) delete raw.headers['traceparent'];
  });
  const { options, news } = service;
  const { otlpEndpoint, traceFileNames: fileNames } = options;
  if (otlpEndpoint === undefined) return;
  const [{ openTracing }, { traceNews }, { traceRequests }] = await Promise.all([
    import('./otlp.js'),
    import('./trace-news.js'),
    import('./trace-requests.js'),
  ]);
  const tracing = openTracing({ ...options, otlpEndpoint });
  const requestSpan = traceRequests(app, tracing);
  traceNews(news, { tracing, fileNames, requestSpan });
  app.addHook('onClose', async () => {
    // Traces that a collector does not take are lost, and keep no server from ending.
    await tracing.close().catch((error: unknown) => {
      service.logger.warn({ err: error }, 'The last traces could not be sent');
    });
  });
};
