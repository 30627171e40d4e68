import type { Test } from 'tap';
import { localServer } from './local-server.js';

/** A span as a collector gets it. */
export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

/** A collector of traces, until the test ends. */
export async function otlpReceiver(
  t: Test,
): Promise<{ readonly url: string; spans(): readonly SentSpan[] }> {
  const spans: SentSpan[] = [];
  const { url } = await localServer(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(body) as Sent));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  return { url, spans: () => spans };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<SentSpan, 'attributes' | 'failed'> & {
        readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
        readonly status: { readonly code: number };
      })[];
    }[];
  }[];
}

function spansOf({ resourceSpans }: Sent): readonly SentSpan[] {
  const all = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return all.map(({ attributes, status, ...span }) => ({
    ...span,
    failed: status.code === 2,
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
    ),
  }));
}
