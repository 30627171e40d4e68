import { localeOf } from './locale.js';

/** Text that no line break may cut. */
export interface Piece {
  readonly text: string;
  /** True where white space stood before it. */
  readonly spaced: boolean;
}

/** Scripts that write no spaces between words. Korean does. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
// What Japanese and Chinese typesetters allow at no line's start; small kana belong to the letter before.
const clingsBack =
  /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}\p{M}ーｰ々〻ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ〜~]/u;
const clingsOn = /[\p{Ps}\p{Pi}]$/u;
const dash = /(?<=[\p{L}\p{N}\p{P}][—–])(?=[\p{L}\p{N}])/u;
const wordSegmenters = new Map<string, Intl.Segmenter>();

/** True where the text holds a script that is written without spaces. */
export function isUnspaced(text: string): boolean {
  return unspaced.test(text);
}

/** The text on one line: control characters and any white space are one space. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s\u2028\u2029]+/gu, ' ').trim();
}

/**
 * The words of a text; of scripts without spaces what Intl.Segmenter takes for words, with the
 * punctuation that must not begin or end a line.
 */
export function piecesOf(text: string, language: string | undefined): readonly Piece[] {
  return oneLine(text)
    .split(' ')
    .filter((chunk) => chunk !== '')
    .flatMap((chunk) => {
      const parts = isUnspaced(chunk) ? wordsOf(chunk, language) : chunk.split(dash);
      return parts.map((part, index) => ({ text: part, spaced: index === 0 }));
    });
}

function wordsOf(chunk: string, language: string | undefined): readonly string[] {
  const parts: string[] = [];
  for (const { segment } of wordSegmenter(language).segment(chunk)) {
    const last = parts.at(-1);
    if (last !== undefined && (clingsBack.test(segment) || clingsOn.test(last))) {
      parts[parts.length - 1] = last + segment;
    } else parts.push(segment);
  }
  return parts;
}

function wordSegmenter(language = ''): Intl.Segmenter {
  const known = wordSegmenters.get(language);
  if (known) return known;
  const made = new Intl.Segmenter(localeOf(language), { granularity: 'word' });
  wordSegmenters.set(language, made);
  return made;
}

/** Pieces as a text: with a space before each that had one, but for the first. */
export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text, spaced }, at) => (spaced && at > 0 ? ` ${text}` : text)).join('');
}

/** True where nothing stands between the last word of a segment and the first of the next. */
export function joinsWithoutSpace(before: string, after: string): boolean {
  // Without punctuation a space is what parts two clauses of Chinese or Japanese.
  return isUnspaced(before + after) && /[。、，！？；：…」』）]$/u.test(before);
}
