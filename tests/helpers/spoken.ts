import fc from 'fast-check';
import type { Segment } from '../../src/types.js';

/** Segments one after the other: text, seconds, seconds of silence before. */
export function said(
  ...parts: readonly (readonly [text: string, seconds: number, pause?: number])[]
): Saying[] {
  let at = 0;
  return parts.map(([text, seconds, pause = 0]) => {
    const start = at + pause;
    at = start + seconds;
    return { start, end: at, text };
  });
}

/** What is said, and when. */
export type Saying = Pick<Segment, 'start' | 'end' | 'text'>;

/** Segments as a recogniser may hand them out, with or without words, and their language. */
export interface Spoken {
  readonly language: string;
  readonly segments: readonly Pick<Segment, 'start' | 'end' | 'text' | 'words'>[];
}

const word = (letters: string, max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from(letters)), { minLength: 1, maxLength: max })
    .map((parts) => parts.join(''));

const ends = fc.constantFrom('', '', '', '', ',', '.', '?', '…', ' –');

function words(letters: string, between: string, most = 14): fc.Arbitrary<string> {
  const one = fc.oneof(
    { weight: 8, arbitrary: word(letters, most) },
    { weight: 1, arbitrary: word(letters, 1) },
    { weight: 1, arbitrary: word(letters, 1).map((letter) => letter.repeat(60)) },
  );
  return fc
    .array(
      fc.tuple(one, ends).map((parts) => parts.join('')),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(between));
}

const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  en: words('abcdefghijklmnopqrstuvwxyz', ' '),
  de: words('abcdefgäöüß', ' ', 30),
  hi: words('कखगघचछजझटठडढतथदधनपफबभमयरलवशसह', ' '),
  ar: words('ابتثجحخدذرزسشصضطظعغفقكلمنهوي', ' '),
  zh: words('我们昨天去了北京但是因为气不好所以没有长城，。', '', 6),
  ja: words('私は昨日東京へ行きましたが雨降っていたテレビを見、。', '', 6),
  th: words('กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวสห', ' '),
  und: fc.string({ unit: 'grapheme', maxLength: 120 }),
};

const durations = fc.oneof(
  fc.double({ min: 0.01, max: 0.6, noNaN: true }),
  fc.double({ min: 0.001, max: 10, noNaN: true }),
);

/** Text for each second: from far too much to hardly any. */
const segment = (language: string) =>
  fc.record({
    text: texts[language] ?? fc.constant(''),
    gap: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 4, noNaN: true })),
    perWord: durations,
    timed: fc.boolean(),
    hole: fc.double({ min: 0, max: 1, noNaN: true }),
  });

/** Random transcripts: scripts, times, gaps, one-letter words, words of 60 letters, words of 10 s. */
export const spokenSegments: fc.Arbitrary<Spoken> = fc
  .constantFrom(...Object.keys(texts))
  .chain((language) =>
    fc.array(segment(language), { maxLength: 8 }).map((parts) => {
      let at = 0;
      const segments = parts.map(({ text, gap, perWord, timed, hole }) => {
        const start = at + gap;
        at = start;
        const words = text
          .split(/\s+/u)
          .filter((one) => one !== '')
          .map((one) => {
            const from = at;
            at += perWord;
            return { start: from, end: at - perWord * hole * 0.9, word: one, probability: 1 };
          });
        at = Math.max(at, start + 0.01);
        return { start, end: at, text, ...(timed ? { words } : {}) };
      });
      return { language, segments };
    }),
  );

/** All letters of some texts, without what lines and cues stand between. */
export function textOf(texts: readonly string[]): string {
  return texts.join('').replaceAll(/[\s\p{Cc}\u2028\u2029]/gu, '');
}
