import { CpwError } from '../errors.js';
import { parseTimestamp } from './timestamp.js';
import type { Cue } from './cue.js';

/** Where a text was read, for messages. */
export interface ReadContext {
  /** The file's name. */
  readonly name?: string;
}

/** The lines of a file from whatever system, without a byte order mark. */
export function fileLines(text: string): readonly string[] {
  return text.replace(/^\ufeff/u, '').split(/\r\n|\n|\r/u);
}

/** CPW_INVALID_OPTIONS that names the line, counted from 0 here and from 1 in the message. */
export function malformed(
  { name = 'subtitles' }: ReadContext,
  index: number,
  problem: string,
): CpwError {
  const line = index + 1;
  return new CpwError('CPW_INVALID_OPTIONS', `${name}: line ${line}: ${problem}`, {
    details: { name, line },
  });
}

/** The cues as a file can hold them: no line breaks inside lines, no empty lines, none without text. */
export function writtenCues(cues: readonly Cue[]): readonly Cue[] {
  return cues
    .map((cue) => ({ ...cue, lines: textLines(cue.lines.join('\n')) }))
    .filter(({ lines }) => lines.length > 0);
}

/** The lines of a text that have something on them, without white space around it. */
export function textLines(text: string): readonly string[] {
  return text
    .split(/[\n\r\u0085\u2028\u2029]+/u)
    .map((line) => line.replaceAll(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '');
}

const arrow = /^\s*(\S+)\s*-->\s*(\S+)(?:\s.*)?$/u;

/** A line with the times of a cue. `undefined` where it has no arrow; throws where they are none. */
export function timesOf(
  line: string,
  index: number,
  context: ReadContext,
): { readonly start: number; readonly end: number } | undefined {
  if (!line.includes('-->')) return undefined;
  const [, from = '', to = ''] = arrow.exec(line) ?? [];
  const start = parseTimestamp(from);
  const end = parseTimestamp(to);
  if (start === undefined || end === undefined) {
    const expected = 'expected 00:00:00,000 --> 00:00:00,000';
    throw malformed(context, index, `${JSON.stringify(line.trim())} are no times; ${expected}`);
  }
  if (start >= end) throw malformed(context, index, `the cue ends at ${to}, not after ${from}`);
  return { start, end };
}
