import { z } from 'zod';

/** What every command accepts. */
export const generalOptionsSchema = z.strictObject({
  json: z
    .boolean()
    .default(false)
    .describe(
      'For programs: results as JSON lines on standard output, errors as {code, stage, message} ' +
        'on standard error',
    ),
  offline: z
    .boolean()
    .default(false)
    .describe('Never touch the network: a missing model is an error. false: it is fetched'),
  quiet: z.boolean().default(false).describe('Nothing on standard error but errors'),
  verbose: z
    .boolean()
    .default(false)
    .describe('Stack traces, and the log of the engines on standard error; as --log-level debug'),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .optional()
    .describe('Log of the engines on standard error, from this level on. Unset: none'),
});

/** {@link generalOptionsSchema} with every default filled in. */
export type GeneralOptions = z.output<typeof generalOptionsSchema>;
