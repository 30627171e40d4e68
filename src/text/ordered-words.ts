import type { Word } from '../types.js';

/** No word is shorter. */
const shortestS = 0.01;

interface Timed {
  readonly start: number;
  readonly end: number;
  readonly words?: readonly Word[] | undefined;
}

/**
 * The segment with words that are monotone, inside it and longer than zero, and with its edges at
 * its first and last word. `earliest`: where the segment before it begins. A segment without words
 * stays as it is; words for which there is no room share what room there is.
 */
export function withOrderedWords<Segment extends Timed>(segment: Segment, earliest = 0): Segment {
  const { words = [] } = segment;
  if (words.length === 0) return segment;
  const start = Math.max(segment.start, earliest);
  const end = Math.max(segment.end, start + shortestS * words.length);
  const ordered = placed(words, start, end);
  const first = ordered[0]?.start ?? start;
  const last = ordered.at(-1)?.end ?? end;
  return { ...segment, start: first, end: last, words: ordered };
}

/** Each word where it was said, but behind the one before it and before the room that later ones need. */
function placed(words: readonly Word[], start: number, end: number): Word[] {
  const ordered: Word[] = [];
  let free = start;
  for (const [index, word] of words.entries()) {
    const later = words.length - index - 1;
    const latest = end - later * shortestS;
    const from = milliseconds(clamp(word.start, free, latest - shortestS));
    const to = milliseconds(clamp(word.end, from + shortestS, latest));
    ordered.push({ ...word, start: from, end: to });
    free = to;
  }
  return ordered;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
