import { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { Tracing } from './otlp.js';

/** Routes that are asked every few seconds, and whose spans would say nothing. */
const untraced = /^\/(?:health|metrics)(?:\/|$)/u;

/**
 * A span for each request, under its caller's. The header that its handler sees names that span, so
 * that what it hands on belongs to it. Returns the spans by the requests' ids.
 */
export function traceRequests(
  app: FastifyInstance,
  tracing: Tracing,
): (id: string) => Span | undefined {
  const spans = new Map<string, Span>();
  // Ids come from clients, and two requests may have the same.
  const own = new WeakMap<object, Span>();
  app.addHook('onRequest', async ({ id, method, routeOptions, raw }) => {
    const route = routeOptions.url ?? 'none';
    if (untraced.test(route)) return;
    const span = tracing.begin(`${method} ${route}`, {
      under: one(raw.headers['traceparent']),
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': method, 'http.route': route, correlation_id: id },
    });
    spans.set(id, span);
    own.set(raw, span);
    raw.headers['traceparent'] = tracing.traceparentOf(span);
  });
  app.addHook('onResponse', async ({ id, raw }, { statusCode }) => {
    const span = own.get(raw);
    if (spans.get(id) === span) spans.delete(id);
    span?.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
  return (id) => spans.get(id);
}

function one(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
