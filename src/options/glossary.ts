import { z } from 'zod';

const filesSchema = z.array(z.string().min(1, 'is empty; name a file')).default([]);

/** Terms and names that are to be recognised and translated in a fixed way. */
export const glossaryOptionsSchema = z.strictObject({
  glossary: filesSchema
    .describe(
      'Tab-separated files of terms: source, target (alternatives with |), notes, context, or a ' +
        'header with these and language codes; terms.es.tsv holds for Spanish alone. Empty: none',
    )
    .meta({ group: 'Glossary' }),
  names: filesSchema
    .describe(
      'Tab-separated files of names: a header of language codes (en, hi, hi-Latn), a name a line. ' +
        'Empty: none',
    )
    .meta({ group: 'Glossary' }),
  glossaryHints: z
    .boolean()
    .default(true)
    .describe('Tell the recogniser the terms as hotwords, where none are given. false: no')
    .meta({ group: 'Glossary' }),
  glossaryEnforce: z
    .boolean()
    .default(true)
    .describe('See to it that translations keep to the terms. false: they are only reported')
    .meta({ group: 'Glossary' }),
});

/** Options of glossaries, every one of them optional. */
export type GlossaryOptions = z.input<typeof glossaryOptionsSchema>;
/** {@link GlossaryOptions} with every default filled in. */
export type ParsedGlossaryOptions = z.output<typeof glossaryOptionsSchema>;
