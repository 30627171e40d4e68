import { z } from 'zod';

/** What every command accepts. */
export const generalOptionsSchema = z.strictObject({
  json: z
    .boolean()
    .default(false)
    .describe(
      'For programs: results as JSON lines on standard output, errors as {code, stage, message} ' +
        'on standard error',
    )
    .meta({ group: 'General' }),
  offline: z
    .boolean()
    .default(false)
    .describe('Never touch the network: a missing model is an error. false: it is fetched')
    .meta({ group: 'General' }),
  quiet: z
    .boolean()
    .default(false)
    .describe('Nothing on standard error but errors and the log that was asked for')
    .meta({ group: 'General' }),
  verbose: z
    .boolean()
    .default(false)
    .describe('Stack traces, and the log of the engines on standard error; as --log-level debug')
    .meta({ group: 'General' }),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'])
    .optional()
    .describe('Log of the engines on standard error, from this level on. Unset: none')
    .meta({ group: 'General' }),
});

/** {@link generalOptionsSchema} with every default filled in. */
export type GeneralOptions = z.output<typeof generalOptionsSchema>;

/** Where a run's options are read from: flags alone, since a file cannot name itself. */
export const configOptionsSchema = z.strictObject({
  config: z
    .string()
    .min(1, 'is empty; name a file, or none')
    .optional()
    .describe(
      'Configuration file, JSON or YAML; none: no file. Unset: what CPW_CONFIG names, else ' +
        "./cpw-native.config.*, else cpw-native/config.* in the user's configuration folder",
    )
    .meta({ group: 'General' }),
});

/** The file of one run's options, for commands that take one. */
export const jobOptionsSchema = z.strictObject({
  job: z
    .string()
    .min(1, 'is empty; name a file or leave it out')
    .optional()
    .describe(
      "File with this run's options, shaped as the configuration file, and its inputs: a list " +
        'of files. Unset: none',
    )
    .meta({ group: 'General' }),
});

/** Whether a run is only planned. */
export const dryRunOptionsSchema = z.strictObject({
  dryRun: z
    .boolean()
    .default(false)
    .describe(
      'Say what would be done and what refused; nothing is computed, written or fetched, and ' +
        'the exit status says whether the run would start',
    )
    .meta({ group: 'General' }),
});
