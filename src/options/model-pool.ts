import { z } from 'zod';

/** What `new ModelPool` accepts. */
export const modelPoolOptionsSchema = z.strictObject({
  idleS: z
    .number()
    .min(0)
    // A timer's longest time.
    .max(2_147_483)
    .default(300)
    .describe('A model that nobody has used for this long, in s, is unloaded; 0: at once'),
  maxBytes: z
    .number()
    .min(0)
    .optional()
    .describe(
      'Bytes that all loaded models may take by estimate; those that are not in use are unloaded ' +
        'for others, the least recently used first. Unset: as much as the machine or the control ' +
        'group has',
    ),
});

/** Options of `new ModelPool`, every one of them optional. */
export type ModelPoolOptions = z.input<typeof modelPoolOptionsSchema>;
