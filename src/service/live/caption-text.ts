import type { Word } from 'cpw-native';

// Scripts that put no space between words.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words as a line of text. */
export function textOf(words: readonly Word[]): string {
  let text = '';
  for (const { word } of words) text = joined(text, word);
  return text;
}

/** Two pieces of a line, with a space between them where their script has one. */
export function joined(one: string, other: string): string {
  if (one === '' || other === '') return one + other;
  const together = unspaced.test(one.at(-1) ?? '') || unspaced.test(other.charAt(0));
  return together ? one + other : `${one} ${other}`;
}
