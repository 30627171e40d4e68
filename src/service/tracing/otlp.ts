import {
  context as contexts,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { ParsedTracingOptions } from 'cpw-native/options';
import { version } from '../version.js';

/** Makes spans, and sends them in batches. Nothing of it is process-wide. */
export interface Tracing {
  /** Begins a span under another, under what a caller sent, or a trace of its own. */
  begin(name: string, options: SpanOptions & { readonly under: Span | string | undefined }): Span;
  /** As a header: where the span is. */
  traceparentOf(span: Span): string | undefined;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** How long a collector may take for one batch, in ms. */
const exportMs = 5000;

/** Begins to trace. */
export function openTracing({
  otlpEndpoint,
  traceSampleRate,
}: ParsedTracingOptions & { readonly otlpEndpoint: string }): Tracing {
  const base = otlpEndpoint.endsWith('/') ? otlpEndpoint : `${otlpEndpoint}/`;
  const url = new URL('v1/traces', base).href;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'cpw-native', 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceSampleRate) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('cpw-native', version);
  const w3c = new W3CTraceContextPropagator();
  const contextOf = (under: Span | string | undefined): Context => {
    if (under === undefined) return ROOT_CONTEXT;
    if (typeof under !== 'string') return trace.setSpan(ROOT_CONTEXT, under);
    return w3c.extract(ROOT_CONTEXT, { traceparent: under }, defaultTextMapGetter);
  };
  return {
    begin: (name, { under, ...options }) => tracer.startSpan(name, options, contextOf(under)),
    traceparentOf: (span) => {
      const carrier: Record<string, string> = {};
      w3c.inject(trace.setSpan(contexts.active(), span), carrier, defaultTextMapSetter);
      return carrier['traceparent'];
    },
    close: () => provider.shutdown(),
  };
}
