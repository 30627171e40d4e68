import { z } from 'zod';

const group = 'Health';

/** From which limits on a server says that it is not ready. */
export const healthOptionsSchema = z.strictObject({
  minDiskGb: z
    .number()
    .min(0)
    .default(10)
    .describe(
      'Least free disk space for being ready, in GB (1,000,000,000 bytes); 0: not looked at',
    )
    .meta({ group }),
  minMemoryGb: z
    .number()
    .min(0)
    .default(2)
    .describe('Least available memory for being ready, in GB; 0: not looked at')
    .meta({ group }),
});

/** What `cpw-native health` accepts. */
export const healthCommandSchema = z.strictObject({
  url: z
    .url({
      protocol: /^https?$/u,
      error: 'is no http address; give one, e.g. http://127.0.0.1:8080',
    })
    .default('http://127.0.0.1:8080')
    .describe('Address of the server')
    .meta({ group }),
  timeoutS: z
    .number()
    .min(0.1)
    .max(600)
    .default(5)
    .describe('How long to wait for the answer, in s')
    .meta({ group }),
});
