import stringWidth from 'string-width';

// Words come again and again, and string-width looks at each of their letters.
const known = new Map<string, number>();
const mostKnown = 10_000;
const longestKnown = 40;
const ascii = /^[\x20-\x7e]*$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * How wide a text is on a screen: a Latin letter counts one, a Chinese or Japanese one two, a mark
 * that stands above or below its letter nothing.
 */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  const found = known.get(text);
  if (found !== undefined) return found;
  const width = stringWidth(text);
  if (text.length <= longestKnown) {
    if (known.size >= mostKnown) known.clear();
    known.set(text, width);
  }
  return width;
}

/** What a reader takes for single letters. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Cuts a text between graphemes into parts of at most `width`; a grapheme wider than that stays whole. */
export function cutToWidth(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const grapheme of graphemesOf(text)) {
    const more = widthOf(grapheme);
    if (part !== '' && used + more > width) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += grapheme;
    used += more;
  }
  return [...parts, part];
}
