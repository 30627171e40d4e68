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
    anchors.length > 0 ? spansByWords(pieces, anchors) : spansByWidth(pieces, segment);
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
    const from = at;
    at += word.replaceAll(white, '').length;
    return at > from ? [{ from, to: at, start, end }] : [];
  });
}

function spansByWords(
  pieces: readonly Piece[],
  anchors: readonly Anchor[],
): { start: number; end: number }[] {
  const ofPieces = pieces.reduce((sum, { text }) => sum + text.length, 0);
  const ofWords = anchors.at(-1)?.to ?? 0;
  // Words that are spelt otherwise than the text still say roughly where in it they are.
  const scale = ofPieces === 0 ? 1 : ofWords / ofPieces;
  let at = 0;
  let first = 0;
  return pieces.map(({ text }) => {
    const from = at * scale;
    at += text.length;
    const to = at * scale;
    while ((anchors[first]?.to ?? Infinity) <= from + slack) first++;
    let last = first;
    while ((anchors[last]?.to ?? Infinity) < to - slack) last++;
    return {
      start: timeAt(anchors[first] ?? anchors.at(-1), from),
      end: timeAt(anchors[last] ?? anchors.at(-1), to),
    };
  });
}

const slack = 1e-6;

function timeAt(anchor: Anchor | undefined, position: number): number {
  if (anchor === undefined) return 0;
  const share = (position - anchor.from) / (anchor.to - anchor.from);
  return anchor.start + (anchor.end - anchor.start) * Math.min(1, Math.max(0, share));
}
