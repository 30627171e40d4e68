import { z } from 'zod';
import { searchShape } from './search.js';

// Rows of a batch share what a step of the decoder costs, so a second hypothesis takes a tenth more
// time than none on CTranslate2, and in 1006 words of English it saves tiny.en and base three errors
// each. On whisper.cpp it takes half as much again to twice the time.
/** Beams of a call that leaves `beamSize` unset: the first pass, and windows that look wrong. */
export const beamWhenUnset = { first: { ctranslate2: 2, whisper: 1 }, retry: 5 } as const;

const group = 'Decoding';

// Names and meanings are faster-whisper's; where a default differs, the text says why.
/** How the text of a window is searched for; part of the options of `transcribe`. */
export const decodingShape = {
  beamSize: z
    .int32()
    .min(1)
    // whisper.cpp 1.9.1 decodes 8 hypotheses at most (WHISPER_MAX_DECODERS).
    .max(8)
    .optional()
    .describe(
      `Hypotheses kept while decoding; holds for every window. Unset: ${beamWhenUnset.first.ctranslate2} on ` +
        `CTranslate2 and ${beamWhenUnset.first.whisper} on whisper.cpp, and ` +
        `windows whose text looks wrong are decoded again with ${beamWhenUnset.retry}`,
    )
    .meta({ group }),
  patience: searchShape.patience.meta({ group }),
  lengthPenalty: searchShape.lengthPenalty.meta({ group }),
  repetitionPenalty: searchShape.repetitionPenalty.meta({ group }),
  noRepeatNgramSize: z
    .int32()
    .min(0)
    .max(100)
    .default(0)
    .describe('No run of this many tokens comes twice in a window; 0: they may')
    .meta({ group }),
  temperature: z
    .union([z.number().min(0).max(2), z.array(z.number().min(0).max(2)).min(1).max(16)])
    .transform((given) => (Array.isArray(given) ? given : [given]))
    // Not default(): see `vad` in transcribe.ts.
    .prefault([0, 0.2, 0.4, 0.6, 0.8, 1])
    .describe(
      'Temperatures tried one after the other until the text of a window passes the thresholds; ' +
        '0 searches with the beam, above it bestOf texts are drawn. 0 alone: never drawn',
    )
    .meta({ group }),
  bestOf: z
    .int32()
    .min(1)
    .max(8)
    .default(5)
    .describe('Texts drawn at a temperature above 0, of which the likeliest is kept')
    .meta({ group }),
  compressionRatioThreshold: z
    .number()
    .min(0)
    .max(1000)
    .default(2.4)
    .describe('A text that zlib shrinks by more than this is taken for a loop; 0: none is')
    .meta({ group }),
  logProbThreshold: z
    .number()
    .min(-1000)
    .max(0)
    .default(-1)
    .describe('A text whose mean log-probability is below this is decoded again; -1000: none is')
    .meta({ group }),
  noSpeechThreshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe(
      'A window whose no-speech probability is above this and whose text fails logProbThreshold ' +
        'holds no speech; 1: every window does',
    )
    .meta({ group }),
  conditionOnPreviousText: z
    .boolean()
    .default(false)
    .describe(
      'The text of a window is the prompt of the next. Windows then wait for each other and share ' +
        'no batch: two to four times slower',
    )
    .meta({ group }),
  initialPrompt: z
    .string()
    .default('')
    .describe('Text the model takes as spoken before: names, spelling, style. Empty: none')
    .meta({ group }),
  hotwords: z
    .string()
    .default('')
    .describe('Words to expect, put before every window; has no effect with a prefix. Empty: none')
    .meta({ group }),
  prefix: z
    .string()
    .default('')
    .describe('Text with which the first window begins. Empty: none')
    .meta({ group }),
  suppressTokens: z
    .array(z.int32().min(-1))
    .max(10_000)
    .default([-1])
    .describe(
      "Tokens never written, by number; -1 stands for the model's list of symbols that nobody " +
        'speaks. Empty: none',
    )
    .meta({ group }),
};
