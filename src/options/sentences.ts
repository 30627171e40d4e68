import { z } from 'zod';

/** How segments are joined into sentences before they are translated. */
export const sentenceOptionsSchema = z.strictObject({
  maxPauseS: z
    .number()
    .min(0.1)
    .max(60)
    .default(2)
    .describe('Silence longer than this, in s, ends a sentence whatever its punctuation')
    .meta({ group: 'Translation' }),
  maxLength: z
    .int32()
    .min(20)
    .max(2000)
    .default(300)
    .describe('Longer sentences, in characters (a Chinese one counts two), are cut at a clause')
    .meta({ group: 'Translation' }),
});

/** Options of the sentences, every one of them optional. */
export type SentenceOptions = z.input<typeof sentenceOptionsSchema>;
/** {@link SentenceOptions} with every default filled in. */
export type ParsedSentenceOptions = z.output<typeof sentenceOptionsSchema>;
