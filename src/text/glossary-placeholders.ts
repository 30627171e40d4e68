import type { TermMatch } from './glossary-match.js';

/**
 * Kinds of words that translation models tend to copy, tried in this order. Letters with a digit
 * belong to no language and take few tokens; a plain number is the surest where those are broken
 * up, and models write it in other digits at most.
 */
export const placeholderKinds: readonly ((index: number) => string)[] = [
  (index) => `X${index + 1}Q`,
  (index) => String(70_001 + index * 101),
];

/** The text with a placeholder for each term; undefined where one stands in the text already. */
export function masked(
  text: string,
  matches: readonly TermMatch<unknown>[],
  kind: (index: number) => string,
): string | undefined {
  const marks = matches.map((_, index) => kind(index));
  const plain = text.toLowerCase();
  if (marks.some((mark) => plain.includes(mark.toLowerCase()))) return undefined;
  let rest = 0;
  const parts = matches.map(({ start, end }, index) => {
    const part = text.slice(rest, start) + (marks[index] ?? '');
    rest = end;
    return part;
  });
  return parts.join('') + text.slice(rest);
}

/**
 * A translation with the placeholders replaced, or why it cannot be used: each must have come
 * through exactly once, as a word of its own, and with it the rest of the sentence.
 */
export function unmasked(
  translation: string,
  marks: readonly { readonly mark: string; readonly target: string }[],
  { plain }: { readonly plain: string },
): { readonly text: string } | { readonly reason: string } {
  const digits = translation.replaceAll(/\p{Nd}/gu, asciiDigit);
  const places: { at: number; length: number; target: string }[] = [];
  for (const { mark, target } of marks) {
    const found = [...digits.matchAll(wholeWord(mark))];
    const [only] = found;
    if (only === undefined)
      return { reason: `the model dropped or changed the placeholder ${mark}` };
    if (found.length > 1) return { reason: `the model repeated the placeholder ${mark}` };
    places.push({ at: only.index, length: mark.length, target });
  }
  const bare = marks.reduce((text, { mark }) => text.replace(wholeWord(mark), ' '), digits);
  if (isHollow(bare, { plain, terms: marks.length })) {
    return { reason: 'the model lost the rest of the sentence beside the placeholder' };
  }
  places.sort((a, b) => b.at - a.at);
  const text = places.reduce(
    (whole, { at, length, target }) => whole.slice(0, at) + target + whole.slice(at + length),
    translation,
  );
  return { text };
}

/** Some models write the digits of the target's script; as many units as before, so places stay. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (digit.length > 1) return digit;
  // Unicode keeps the digits of a script in one row of ten.
  for (let value = 0; value < 10; value += 1) {
    if (!/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) return String(value);
  }
  return digit;
}

function wholeWord(mark: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${mark}(?![\\p{L}\\p{M}\\p{N}])`, 'giu');
}

/** True where far less is left of a sentence than the model wrote of it without placeholders. */
function isHollow(bare: string, { plain, terms }: { plain: string; terms: number }): boolean {
  const words = (text: string): number => text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0;
  // A term takes two words in the plain translation, or so.
  return words(bare) * 2 < words(plain) - terms * 2;
}
