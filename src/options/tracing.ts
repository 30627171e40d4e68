import { z } from 'zod';

const group = 'Tracing';

/** Where traces go, and of how much. */
export const tracingOptionsSchema = z.strictObject({
  otlpEndpoint: z
    .url({
      protocol: /^https?$/u,
      error: 'is no http address; give one, e.g. http://127.0.0.1:4318',
    })
    .optional()
    .describe(
      'Address of an OpenTelemetry collector (OTLP over HTTP; Jaeger is one), to which /v1/traces ' +
        'is added. Unset: no traces, and nothing of OpenTelemetry is loaded',
    )
    .meta({ group }),
  traceSampleRate: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'Share of the traces that begin here that is kept, 0..1; 0: only those that callers sample',
    )
    .meta({ group }),
  traceFileNames: z
    .boolean()
    .default(false)
    .describe('Name files in traces (audio.file). false: a hash of the name stands for it')
    .meta({ group }),
});

/** {@link tracingOptionsSchema} with every default filled in. */
export type ParsedTracingOptions = z.output<typeof tracingOptionsSchema>;
