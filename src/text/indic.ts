import { transliterate } from './indic-scripts.js';

// What IndicTrans2's models expect of a text, as AI4Bharat's IndicTransToolkit prepares it: common
// punctuation and digits, stand-ins for what is to come through unchanged, words and marks apart, and
// Devanagari for the scripts that share its order of letters. The language tags are the engine's.

/** A sentence as the model reads it. */
export interface PreparedText {
  readonly text: string;
  /** What `<ID1>`, `<ID2>` … stand for. */
  readonly kept: readonly string[];
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\r/gu, ''],
  [/\(\s*/gu, '('],
  [/\s*\)/gu, ')'],
  [/\s([:;])\s?/gu, '$1'],
  [/[`´‘‚’]/gu, "'"],
  [/[„“”«»]/gu, '"'],
  [/[–—]/gu, '-'],
  [/\s([?!;%])/gu, '$1'],
  [/ {2,}/gu, ' '],
  [/\) ([.!:?;,])/gu, ')$1'],
  [/"([,.]+)/gu, '$1"'],
];

// In this order: an address holds what looks like a number.
const keepers: readonly { readonly pattern: RegExp; readonly least: number }[] = [
  { pattern: /[\w.%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/gu, least: 0 },
  {
    pattern: /(?<![\w/.])(?:(?:https?|ftp):\/\/)?(?:[\w-]+\.)+[A-Za-z][\w/\-?#&=%.]*[\w/]/gu,
    least: 4,
  },
  { pattern: /~?\d+%|\d+(?:[-/.,:'+]\d+)+(?:\s?%)?/gu, least: 4 },
  { pattern: /[A-Za-z0-9]*[#@]\w+/gu, least: 0 },
];

// How the models have been seen to write `ID` in the languages they translate into.
const writtenId =
  'ID|आईडी|आयडी|आइडि|ऐडि|ऐटि|आई ?\\. ?डी ?\\.?|आय ?\\. ?डी ?\\.?|آی ڈی|آئی ڈی|ꯑꯥꯏꯗꯤ|ᱟᱭᱰᱤ ?᱾?';
const standIn = new RegExp(`[<[] ?(?:${writtenId}) ?(\\d+) ?[>\\]]`, 'gu');

const marks = String.raw`!"#$%&'()*+,\-./:;<=>?@[\]^_{|}~।॥᱾᱿꫰꫱꯫،؛؟۔٪`;
const eachMark = new RegExp(`(<ID\\d+>)|([${marks}])`, 'gu');

/** A sentence in the form that the model was trained on. `language` is its code of FLORES. */
export function prepareIndic(text: string, language: string): PreparedText {
  const kept: string[] = [];
  let prepared = replacements.reduce((all, [from, to]) => all.replace(from, to), text.trim());
  prepared = prepared.replace(/\p{Nd}/gu, (digit) => digitOf(digit));
  for (const { pattern, least } of keepers) {
    prepared = prepared.replace(pattern, (found) => {
      if (/^ID\d+$/u.test(found) || found.replaceAll(/[ .:]/gu, '').length < least) return found;
      kept.push(found);
      return `<ID${kept.length}>`;
    });
  }
  if (language !== 'eng_Latn') prepared = normalized(prepared);
  const apart = prepared
    .replace(eachMark, (found, id: string | undefined) =>
      id === undefined ? ` ${found} ` : ` ${id} `,
    )
    // Numbers stay whole: 3.5, 12:30.
    .replaceAll(/(\d) ([.,:/]) (?=\d)/gu, '$1$2')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  const english =
    language === 'eng_Latn' ? apart.replaceAll(/(\p{L}) ' (\p{L})/gu, "$1 '$2") : apart;
  return { text: transliterate(english, language, 'hin_Deva').replaceAll(' ् ', '्'), kept };
}

/** What the model wrote, in the language's own script and as people write it. */
export function restoreIndic(text: string, language: string, kept: readonly string[]): string {
  let restored = text;
  if (language.endsWith('_Arab')) restored = restored.replaceAll('ٮ۪', 'ؠ');
  restored = transliterate(restored, 'hin_Deva', language);
  if (language === 'ory_Orya') restored = restored.replaceAll('ଯ଼', 'ୟ');
  const joined = restored
    .replaceAll(/\s+([!%)\]},.:;>?।॥᱾᱿،؛؟۔])/gu, '$1')
    .replaceAll(/([#$([{<@])\s+/gu, '$1')
    .replaceAll(/\s*([-/\\])\s*/gu, '$1')
    .replaceAll(/(["'])\s+([^"']*?)\s+\1/gu, '$1$2$1')
    .replaceAll(/(\p{L}) '(?=(s|t|re|ve|ll|d|m)\b)/giu, "$1'");
  return joined.replace(standIn, (found, number: string) => kept[Number(number) - 1] ?? found);
}

/** One form of each letter: no joiners, nukta letters in two characters, danda for a bar. */
function normalized(text: string): string {
  return (
    text
      .replaceAll(/[\uFEFF\u2060\u00AD\u200C\u200D]/gu, '')
      .replaceAll(/[\u200B\u00A0]/gu, ' ')
      .normalize('NFC')
      .replaceAll(/[\u0929\u0931\u0934]/gu, (letter) => letter.normalize('NFD'))
      .replaceAll('|', '।')
      // A colon behind a letter is a visarga that was mistyped.
      .replaceAll(/([\u0900-\u0D7F]):(?!\d)/gu, (_, letter: string) => {
        return letter + String.fromCodePoint(((letter.codePointAt(0) ?? 0) & ~0x7f) | 0x03);
      })
  );
}

/** Digits of a script stand in a row from its zero on, at a multiple of two. */
function digitOf(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  for (let value = 0; value < 10; value += 1) {
    if (!/\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) return String(value);
  }
  return digit;
}
