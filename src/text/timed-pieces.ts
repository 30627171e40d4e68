import type { Segment, Word } from '../types.js';
import { piecesOf, type Piece } from './pieces.js';
import { widthOf } from './width.js';

/** A piece of a segment's text with its time, in seconds. */
export interface TimedPiece extends Piece {
  readonly start: number;
  readonly end: number;
}

/** What is needed of a segment to know when its text is spoken. */
export type SpokenText = Pick<Segment, 'start' | 'end' | 'text' | 'words'>;

/** A stretch of the text, in characters without white space, and when it is spoken. */
interface Anchor {
  readonly letters: string;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

const white = /[\p{Cc}\s\u2028\u2029]+/gu;

/**
 * The segment's text in pieces, each with the time of its words. Without word times the pieces
 * share the segment's time by their width. Times never run backwards.
 */
export function timedPieces(
  segment: SpokenText,
  language: string | undefined,
): readonly TimedPiece[] {
  const pieces = piecesOf(segment.text, language);
  const anchors = anchorsOf(segment.words ?? []);
  const spans =
    anchors.length > 0 ? spansByAnchors(pieces, anchors) : spansByWidth(pieces, segment);
  let latest = segment.start;
  return pieces.map((piece, index) => {
    const { start = latest, end = latest } = spans[index] ?? {};
    const from = Math.max(latest, start);
    latest = from;
    return { ...piece, start: from, end: Math.max(from, end) };
  });
}

function spansByWidth(
  pieces: readonly Piece[],
  { start, end }: SpokenText,
): { start: number; end: number }[] {
  // A word of no width still takes a moment.
  const weights = pieces.map(({ text, spaced }) => widthOf(text) + (spaced ? 1 : 0.5));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let spoken = 0;
  return weights.map((weight) => {
    const from = start + ((end - start) * spoken) / total;
    spoken += weight;
    return { start: from, end: start + ((end - start) * spoken) / total };
  });
}

function anchorsOf(words: readonly Word[]): readonly Anchor[] {
  let at = 0;
  return words.flatMap(({ word, start, end }) => {
    const letters = word.replaceAll(white, '');
    const from = at;
    at += letters.length;
    return letters === '' ? [] : [{ letters, from, to: at, start, end }];
  });
}

function spansByAnchors(
  pieces: readonly Piece[],
  anchors: readonly Anchor[],
): { start: number; end: number }[] {
  const place = placing(
    pieces.map(({ text }) => text).join(''),
    anchors.map(({ letters }) => letters).join(''),
  );
  let at = 0;
  let first = 0;
  return pieces.map(({ text }) => {
    const from = place(at);
    at += text.length;
    const to = place(at);
    while (first < anchors.length - 1 && (anchors[first]?.to ?? 0) <= from + slack) first++;
    let last = first;
    while (last < anchors.length - 1 && (anchors[last]?.to ?? 0) < to - slack) last++;
    return { start: timeAt(anchors[first], from), end: timeAt(anchors[last], to) };
  });
}

/**
 * Where a place in the text is in the words: where both are spelt alike from the beginning or to
 * the end, at the same letter; between these, in proportion.
 */
function placing(text: string, words: string): (at: number) => number {
  const most = Math.min(text.length, words.length);
  let head = 0;
  while (head < most && text[head] === words[head]) head++;
  let tail = 0;
  while (tail < most - head && text.at(-1 - tail) === words.at(-1 - tail)) tail++;
  const scale = (words.length - tail - head) / Math.max(1, text.length - tail - head);
  return (at) => {
    if (at <= head) return at;
    if (at >= text.length - tail) return at - text.length + words.length;
    return head + (at - head) * scale;
  };
}

const slack = 1e-6;

function timeAt(anchor: Anchor | undefined, position: number): number {
  if (anchor === undefined) return 0;
  const share = (position - anchor.from) / (anchor.to - anchor.from);
  return anchor.start + (anchor.end - anchor.start) * Math.min(1, Math.max(0, share));
}
