import { z } from 'zod';
import { searchShape } from './search.js';

const group = 'Translation';

const language = z.string().min(1, 'is empty; give a language, e.g. en');

/** A language that is named twice is translated into once. */
export const eachOnce = (languages: readonly string[]): string[] => [...new Set(languages)];

// Names and meanings are CTranslate2's; where a default differs, the text says why.
/** How texts are searched for, without the languages. */
export const translationSearchShape = {
  beamSize: z
    .int32()
    .min(1)
    .max(32)
    .default(1)
    .describe('Hypotheses kept while writing; 1 is greedy, and three times as fast as 4')
    .meta({ group }),
  alternatives: z
    .int32()
    .min(1)
    .max(32)
    .default(1)
    .describe('Translations given of each text, at most beamSize; 1: the best alone')
    .meta({ group }),
  patience: searchShape.patience.meta({ group }),
  lengthPenalty: searchShape.lengthPenalty.meta({ group }),
  repetitionPenalty: searchShape.repetitionPenalty.meta({ group }),
  noRepeatNgramSize: z
    .int32()
    .min(0)
    .max(100)
    .default(0)
    .describe('No run of this many tokens comes twice in a sentence; 0: they may')
    .meta({ group }),
  minLength: z
    .int32()
    .min(0)
    .max(1024)
    .default(0)
    .describe('Tokens that a sentence has at least; 0: any number')
    .meta({ group }),
  maxLength: z
    .int32()
    .min(0)
    .max(1024)
    .default(0)
    .describe(
      'Tokens that a sentence has at most; one that comes to no end is marked cut-off. ' +
        '0: three times those of its source and 32 more',
    )
    .meta({ group }),
  targetPrefix: z
    .string()
    .default('')
    .describe('Text with which every sentence begins. Empty: none')
    .meta({ group }),
  scores: z
    .boolean()
    .default(true)
    .describe('Give the mean log-probability of each translation. false: 0, a tenth faster')
    .meta({ group }),
  splitSentences: z
    .boolean()
    .default(true)
    .describe(
      'Texts are translated sentence by sentence, as models were trained. false: a line at once, ' +
        'cut only where it is too long for the model',
    )
    .meta({ group }),
  restrictOutput: z
    .boolean()
    .default(true)
    .describe(
      "Pieces of the vocabulary in another script than the target language's are left out, unless " +
        'the text holds them: half the work with NLLB. false: none is',
    )
    .meta({ group }),
};

interface Lengths {
  readonly minLength: number;
  readonly maxLength: number;
}

function checkLengths({ issues, value }: z.core.ParsePayload<Lengths>): void {
  const { minLength, maxLength } = value;
  if (maxLength === 0 || minLength <= maxLength) return;
  issues.push({
    code: 'custom',
    input: minLength,
    path: ['minLength'],
    message: `${minLength} is more than maxLength (${maxLength})`,
  });
}

const { alternatives: _, scores: __, ...written } = translationSearchShape;

/** How a command searches: it writes one translation, and no scores. */
export const translationSearchSchema = z.strictObject(written).check(checkLengths);

/** What `Translator.translateBatch` accepts beside the texts. */
export const translateOptionsSchema = z
  .strictObject({
    source: language
      .describe("Language of the texts: ISO 639 (en, hi, zh-Hant) or the model's own (eng_Latn)")
      .meta({ group }),
    target: language
      .describe("Language of the translations: ISO 639 or the model's own")
      .meta({ group }),
    ...translationSearchShape,
  })
  .check(checkLengths)
  .check(({ issues, value: { alternatives, beamSize } }) => {
    if (alternatives <= beamSize) return;
    issues.push({
      code: 'custom',
      input: alternatives,
      path: ['alternatives'],
      message: `${alternatives} are more than the hypotheses that are kept; raise beamSize (${beamSize})`,
    });
  });

/** Options of `Translator.translateBatch`; the languages are required. */
export type TranslateOptions = z.input<typeof translateOptionsSchema>;
/** {@link TranslateOptions} with every default filled in. */
export type ParsedTranslateOptions = z.output<typeof translateOptionsSchema>;
