import { z } from 'zod';

const group = 'Backup';

/** Where backups are, and what they hold. */
export const backupOptionsSchema = z.strictObject({
  backupTo: z
    .string()
    .refine(
      (value) =>
        !value.startsWith('s3:') || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/u.test(value),
      {
        message: 'is no place for backups; expected a folder or s3://bucket/prefix',
      },
    )
    .default('backups')
    .describe('Where backups are: a folder, or s3://bucket/prefix')
    .meta({ group }),
  backupKeyFile: z
    .string()
    .min(1, 'is empty; name a file or leave it out')
    .optional()
    .describe(
      'File of the age identity that backups are for, by backup keygen. Unset: none is made',
    )
    .meta({ group }),
  s3Endpoint: z
    .string()
    .refine((value) => /^https?:\/\/[^\s/]+/iu.test(value) && URL.canParse(value), {
      message: 'is no address; expected https://host',
    })
    .optional()
    .describe('Address of a store that speaks S3. Unset: that of Amazon')
    .meta({ group }),
  includeOutputs: z
    .boolean()
    .default(false)
    .describe('Keep what stages of jobs have made too. false: only what it takes to make it again')
    .meta({ group }),
  keepDays: z
    .int32()
    .min(1)
    .max(36_500)
    .default(30)
    .describe('Days for which backups are kept by backup prune; the newest one always is')
    .meta({ group }),
});

/** {@link backupOptionsSchema} with every default filled in. */
export type ParsedBackupOptions = z.output<typeof backupOptionsSchema>;
