import { z } from 'zod';

const group = 'Log';

/** Where the log goes, and how long it is kept. */
export const logOptionsSchema = z.strictObject({
  logFile: z
    .string()
    .min(1, 'is empty; name a file or leave it out')
    .optional()
    .describe('File of the log, as lines of JSON. Unset: standard error, from --log-level on')
    .meta({ group }),
  logMaxMb: z
    .number()
    .min(0.001)
    .max(100_000)
    .default(100)
    .describe('Size at which the log file is put away and a new one begun, in MB (1,000,000 bytes)')
    .meta({ group }),
  logMaxDays: z
    .int32()
    .min(1)
    .max(366)
    .default(1)
    .describe('Age at which the log file is put away, in days')
    .meta({ group }),
  logKeep: z
    .int32()
    .min(0)
    .max(10_000)
    .default(10)
    .describe('Files kept that were put away; older ones are removed; 0: none')
    .meta({ group }),
  logKeepDays: z
    .int32()
    .min(1)
    .max(36_500)
    .default(30)
    .describe('Days after which a file that was put away is removed')
    .meta({ group }),
  logTranscripts: z
    .boolean()
    .default(false)
    .describe('Let the log hold what was spoken. false: fields with text are left out')
    .meta({ group }),
});

/** {@link logOptionsSchema} with every default filled in. */
export type ParsedLogOptions = z.output<typeof logOptionsSchema>;
