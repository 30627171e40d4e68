import type { Segment } from '../types.js';
import { voiceOf } from './voice.js';

/**
 * What is shown at one time: whole milliseconds, `startMs < endMs`, never over another one of the
 * same voice.
 */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly lines: readonly string[];
  /** Who speaks, where that is known. */
  readonly voice?: string;
}

const lineWidth = 42;
const linesPerCue = 2;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff01-\uff60]/u;

/**
 * A cue for each segment, or several where its text needs more than two lines: they share the
 * segment's time by the length of their text. Segments without text give none.
 */
export function cuesOf(segments: readonly Segment[]): readonly Cue[] {
  // People on different channels talk at once, and nobody's words are cut short for it.
  const channels = new Set(segments.map(({ channel }) => channel));
  const cues = [...channels].flatMap((channel) =>
    withoutOverlap(segments.filter((one) => one.channel === channel).flatMap(cuesOfSegment)),
  );
  return cues.sort((a, b) => a.startMs - b.startMs);
}

function cuesOfSegment(segment: Segment): Cue[] {
  const lines = wrap(segment.text);
  const count = Math.ceil(lines.length / linesPerCue);
  const perCue = Math.ceil(lines.length / Math.max(1, count));
  const total = Math.max(
    1,
    lines.reduce((sum, line) => sum + line.length, 0),
  );
  const span = segment.end - segment.start;
  const cues: Cue[] = [];
  const voice = voiceOf(segment);
  let shown = 0;
  for (let first = 0; first < lines.length; first += perCue) {
    const part = lines.slice(first, first + perCue);
    const startMs = milliseconds(segment.start + (span * shown) / total);
    shown += part.reduce((sum, line) => sum + line.length, 0);
    cues.push({
      startMs,
      endMs: milliseconds(segment.start + (span * shown) / total),
      lines: part,
      ...(voice === undefined ? {} : { voice }),
    });
  }
  return cues;
}

/** Cuts a cue short where the next begins; moves one only where that would leave it no time. */
function withoutOverlap(cues: readonly Cue[]): readonly Cue[] {
  let freeFrom = 0;
  return cues.map((cue, index) => {
    const startMs = Math.max(cue.startMs, freeFrom);
    const next = cues[index + 1]?.startMs ?? Infinity;
    const endMs = Math.max(startMs + 1, next > startMs ? Math.min(cue.endMs, next) : cue.endMs);
    freeFrom = endMs;
    return { ...cue, startMs, endMs };
  });
}

function wrap(text: string): readonly string[] {
  // A line break or a control character inside a cue would end it.
  const words = text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .split(' ')
    .filter((word) => word !== '')
    .flatMap(splitLong);
  const lineCount = Math.ceil(words.reduce((sum, word) => sum + widthOf(word) + 1, -1) / lineWidth);
  const filled = fill(words, lineWidth);
  if (lineCount !== linesPerCue || filled.length !== linesPerCue) return filled;
  return balanced(words) ?? filled;
}

function fill(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** The two lines of most equal length that both fit. */
function balanced(words: readonly string[]): readonly string[] | undefined {
  let best: { lines: string[]; longest: number } | undefined;
  for (let cut = 1; cut < words.length; cut++) {
    const lines = [words.slice(0, cut).join(' '), words.slice(cut).join(' ')];
    const longest = Math.max(...lines.map(widthOf));
    if (longest <= lineWidth && longest < (best?.longest ?? Infinity)) best = { lines, longest };
  }
  return best?.lines;
}

/** Scripts without spaces, and endless words, are cut between graphemes. */
function splitLong(word: string): readonly string[] {
  if (widthOf(word) <= lineWidth) return [word];
  const parts: string[] = [];
  let part = '';
  let width = 0;
  for (const { segment } of graphemes.segment(word)) {
    const more = widthOfGrapheme(segment);
    if (width + more > lineWidth) {
      parts.push(part);
      part = '';
      width = 0;
    }
    part += segment;
    width += more;
  }
  return [...parts, part];
}

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

function widthOfGrapheme(grapheme: string): number {
  return wide.test(grapheme) ? 2 : 1;
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
