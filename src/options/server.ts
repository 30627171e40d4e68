import { z } from 'zod';
import { healthOptionsSchema } from './health.js';
import { liveOptionsSchema } from './live.js';
import { metricsOptionsSchema } from './metrics.js';
import { tracingOptionsSchema } from './tracing.js';

const group = 'Server';

/** What `cpw-native serve` accepts beside the model: where it listens and how much it takes on. */
export const serverOptionsSchema = z.strictObject({
  host: z
    .string()
    .min(1, 'is empty; name an address or leave it out')
    .default('127.0.0.1')
    .describe('Address to listen on; 0.0.0.0 for all, as containers need it')
    .meta({ group }),
  port: z
    .int32()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port to listen on; 0: any that is free, and it is told')
    .meta({ group }),
  maxUploadMb: z
    .int32()
    .min(1)
    .max(1_000_000)
    .default(2048)
    .describe('Largest upload, in MB (1,000,000 bytes)')
    .meta({ group }),
  maxDurationS: z
    .number()
    .min(1)
    .default(6 * 3600)
    .describe('Longest recording that is taken, in s')
    .meta({ group }),
  maxQueue: z
    .int32()
    .min(0)
    .max(100_000)
    .default(16)
    .describe('Requests that may wait for an engine; more are refused with 429; 0: none waits')
    .meta({ group }),
  maxConcurrent: z
    .int32()
    .min(1)
    .max(1024)
    .default(2)
    .describe('Requests that engines work on at the same time')
    .meta({ group }),
  uploadDir: z
    .string()
    .min(1, 'is empty; give a folder or leave it out')
    .optional()
    .describe(
      'Folder in which uploads lie while they are worked on. Unset: the temporary folder of the system',
    )
    .meta({ group }),
  corsOrigins: z
    .array(
      z
        .string()
        .regex(/^https?:\/\/[^/\s]+$/u, 'is not an origin; give one as https://example.org'),
    )
    .max(100)
    .default([])
    .describe(
      'Origins whose web pages may use the server from a browser, e.g. https://example.org. ' +
        'Empty: none but its own',
    )
    .meta({ group }),
  callStallS: z
    .number()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('A transcription without a sign of life for this long, in s, is ended; 0: never')
    .meta({ group }),
  drainS: z
    .number()
    .min(0)
    .max(86_400)
    .default(30)
    .describe('How long running requests may go on after SIGTERM, in s')
    .meta({ group }),
  ...healthOptionsSchema.shape,
  ...metricsOptionsSchema.shape,
  ...tracingOptionsSchema.shape,
  live: liveOptionsSchema.prefault({}),
});

/** Options of the server, every one of them optional. */
export type ServerOptions = z.input<typeof serverOptionsSchema>;
/** {@link ServerOptions} with every default filled in. */
export type ParsedServerOptions = z.output<typeof serverOptionsSchema>;
