import { z } from 'zod';

const group = 'Faults';

/** How often and when something that failed for a passing reason is tried again. */
export const retryOptionsSchema = z.strictObject({
  maxRetries: z
    .int32()
    .min(0)
    .max(100)
    .default(3)
    .describe('Further attempts at what failed for a passing reason, such as a network; 0: none')
    .meta({ group }),
  initialDelayS: z
    .number()
    .min(0)
    .max(3600)
    .default(1)
    .describe('Pause before the second attempt, in s')
    .meta({ group }),
  backoffFactor: z
    .number()
    .min(1)
    .max(100)
    .default(2)
    .describe('How many times as long each further pause is; 1: all are the same')
    .meta({ group }),
  maxDelayS: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Longest pause between two attempts, in s')
    .meta({ group }),
  jitter: z
    .boolean()
    .default(true)
    .describe(
      'Vary each pause between a half and the whole of it, so that clients fall out of step',
    )
    .meta({ group }),
});

/** What a pipeline does about stages that fail, take too long or hang. */
export const faultOptionsSchema = retryOptionsSchema.extend({
  stageTimeoutS: z
    .number()
    .min(0)
    .default(3600)
    .describe(
      'Seconds of its own work that a stage may take, whatever the length of the media; what it ' +
        'waits for other stages does not count; 0: no limit',
    )
    .meta({ group }),
  stageTimeoutFactor: z
    .number()
    .min(0)
    .default(30)
    .describe('Seconds more for each second of media; 0: none')
    .meta({ group }),
  stallS: z
    .number()
    .min(0)
    .default(1800)
    .describe(
      'Seconds without a sign of life (an item, progress, a checkpoint) after which a stage that ' +
        'waits for no other counts as stuck and is stopped; 0: never',
    )
    .meta({ group }),
  stopGraceS: z
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .describe('Seconds that what was told to stop may take, before the run ends without it')
    .meta({ group }),
});

/** How attempts follow each other, every option of it optional. */
export type RetryOptions = z.input<typeof retryOptionsSchema>;
/** {@link RetryOptions} with every default filled in. */
export type ParsedRetryOptions = z.output<typeof retryOptionsSchema>;
/** What a pipeline does about faults, every option of it optional. */
export type FaultOptions = z.input<typeof faultOptionsSchema>;
/** {@link FaultOptions} with every default filled in. */
export type ParsedFaultOptions = z.output<typeof faultOptionsSchema>;
