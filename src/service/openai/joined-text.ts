/** Scripts that put no space between words, and what they punctuate with. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\u3000-\u303F\uFF00-\uFFEF]/u;

/** What a segment's text adds to the text before it: the space between them, where there is one. */
export function addition(before: string, text: string): string {
  if (before === '' || text === '') return text;
  const meet = unspaced.test(before.at(-1) ?? '') && unspaced.test(text.at(0) ?? '');
  return meet ? text : ` ${text}`;
}

/** The text of segments as one. */
export function joinedText(segments: readonly { readonly text: string }[]): string {
  return segments.reduce((sum, { text }) => sum + addition(sum, text), '');
}
