import { isUnspaced, type Word } from 'cpw-native';

/** Words as a line of text. */
export function textOf(words: readonly Word[]): string {
  let text = '';
  for (const { word } of words) text = joined(text, word);
  return text;
}

/** Two pieces of a line, with a space between them where their script has one. */
export function joined(one: string, other: string): string {
  if (one === '' || other === '') return one + other;
  const together = isUnspaced(one.at(-1) ?? '') || isUnspaced(other.charAt(0));
  return together ? one + other : `${one} ${other}`;
}
