import { timedPieces, type SpokenText, type TimedPiece } from '../text/timed-pieces.js';
import { cutToWidth, widthOf } from '../text/width.js';
import type { Segment } from '../types.js';

/** What no line break may cut, with its time in whole milliseconds. */
export interface Token {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly width: number;
  /** True where a space stands before it when it is not the first of a line. */
  readonly spaced: boolean;
  /** True where it goes on with the word of the token before it. */
  readonly inside: boolean;
  readonly language: string | undefined;
}

/** What is needed of a segment to show it. */
export type ShownSegment = SpokenText & Pick<Segment, 'channel' | 'language' | 'untranslated'>;

/** The text as it is shown: what could not be translated stands in brackets. */
export function shownText({ text, untranslated }: Pick<Segment, 'text' | 'untranslated'>): string {
  return untranslated === true && text.trim() !== '' ? `[${text.trim()}]` : text;
}

/** A segment's tokens, none of them wider than `widest`. */
export function tokensOf(
  segment: ShownSegment,
  { language: given, widest }: { readonly language: string | undefined; readonly widest: number },
): readonly Token[] {
  const language = segment.language ?? given;
  const pieces = timedPieces(segment, language);
  const shown = segment.untranslated === true ? bracketed(pieces) : pieces;
  return shown.flatMap((piece) => cut(piece, { language, widest }));
}

/** Brackets are no words, and take none of their time. */
function bracketed(pieces: readonly TimedPiece[]): readonly TimedPiece[] {
  return pieces.map((piece, index) => {
    const before = index === 0 ? '[' : '';
    const after = index === pieces.length - 1 ? ']' : '';
    return { ...piece, text: `${before}${piece.text}${after}` };
  });
}

function cut(
  { text, spaced, start, end }: TimedPiece,
  { language, widest }: { readonly language: string | undefined; readonly widest: number },
): readonly Token[] {
  const total = widthOf(text);
  const timeAt = (position: number): number =>
    Math.round(1000 * (start + ((end - start) * position) / Math.max(1, total)));
  const parts = total <= widest ? [text] : cutToWidth(text, widest);
  let from = 0;
  return parts.map((part, index) => {
    const width = parts.length === 1 ? total : widthOf(part);
    const startMs = timeAt(from);
    from += width;
    const endMs = index === parts.length - 1 ? Math.round(1000 * end) : timeAt(from);
    const inside = index > 0;
    return { text: part, startMs, endMs, width, spaced: spaced && !inside, inside, language };
  });
}
