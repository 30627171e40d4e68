import { z } from 'zod';

const group = 'Error reports';

/**
 * What errors are reported with, to Sentry or a service that takes its envelopes. The address is a
 * secret and no option: CPW_SENTRY_DSN.
 */
export const reportingOptionsSchema = z.strictObject({
  environment: z
    .string()
    .regex(/^[\w.-]{1,64}$/u, 'is no name of an environment; give letters, digits, - and .')
    .default('production')
    .describe('Name of the environment in error reports, where CPW_SENTRY_DSN says where they go')
    .meta({ group }),
  tracesSampleRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of jobs whose times are reported too; 0: none')
    .meta({ group }),
});

/** {@link reportingOptionsSchema} with every default filled in. */
export type ParsedReportingOptions = z.output<typeof reportingOptionsSchema>;
