import { z } from 'zod';

const backendSchema = z.strictObject({
  engine: z.string(),
  device: z.string(),
  available: z.boolean(),
  detail: z.string(),
});

/** What the child itself says: the addon's facts, or why it could not be loaded. */
export const probeAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answered'),
    addonPath: z.string(),
    versions: z.record(z.string(), z.string()),
    build: z.record(z.string(), z.union([z.string(), z.boolean()])),
    backends: z.array(backendSchema),
  }),
  z.strictObject({ kind: z.literal('refused'), code: z.string(), message: z.string() }),
]);

/** How a trial went wrong without an answer. */
export const probeFailures = ['crashed', 'timed-out', 'garbled', 'not-started'] as const;

// What the child wrote on its standard streams, where nothing should appear; null for nothing.
const printed = z.string().nullable();

/**
 * What came of trying the addon and its backends in a child process. `trouble` is what happened
 * after the answer, e.g. a crash at the end; `null` where nothing did.
 */
export const probeOutcomeSchema = z.discriminatedUnion('kind', [
  probeAnswerSchema.options[0].extend({ trouble: z.string().nullable(), printed }),
  probeAnswerSchema.options[1].extend({ trouble: z.string().nullable(), printed }),
  z.strictObject({
    kind: z.literal('failed'),
    failure: z.enum(probeFailures),
    /** The signal that ended the child, e.g. `SIGSEGV`; `null` where none did. */
    signal: z.string().nullable(),
    /** Words without a full stop: `the trial crashed with SIGSEGV (a memory fault)`. */
    message: z.string(),
    printed,
  }),
]);

/** {@link probeOutcomeSchema} as a type. */
export type ProbeOutcome = z.output<typeof probeOutcomeSchema>;
