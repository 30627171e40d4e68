import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * How wide a text is on a screen: a Latin letter counts one, a Chinese or Japanese one two, a mark
 * that stands above or below its letter nothing.
 */
export function widthOf(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
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
