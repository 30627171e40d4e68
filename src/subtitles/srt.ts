import type { Cue } from './cue.js';
import {
  fileLines,
  malformed,
  textLines,
  timesOf,
  writtenCues,
  type ReadContext,
} from './file-lines.js';
import { timestamp } from './timestamp.js';
import { labelled } from './voice.js';

/**
 * SubRip: cues counted from 1 without holes, speakers named in the text. Cues without text are
 * left out. SubRip has no escapes: `-->`, `<i>` and `{\an8}` inside the text are written `→`, `‹i›`
 * and `(\an8}`, or players would take them for times and styling.
 */
export function formatSrt(cues: readonly Cue[]): string {
  return writtenCues(cues)
    .map((cue, index) => `${index + 1}\n${block(labelled(cue))}`)
    .join('\n');
}

function block({ start, end, lines }: Cue): string {
  return `${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${lines.map(plain).join('\n')}\n`;
}

const tag = /<(\/?(?:[biu]|font)(?:\s[^<>]*)?)>/giu;

function plain(line: string): string {
  return line
    .replaceAll(/-{2,}>/gu, '→')
    .replaceAll(tag, '‹$1›')
    .replaceAll('{\\', '(\\');
}

/**
 * The cues of a SubRip file, without styling. Takes byte order marks, any line ends, `.` for `,`,
 * missing hours, missing or wrong numbers and empty lines inside a text; cues without text are left
 * out. Throws CPW_INVALID_OPTIONS that names the line where times cannot be read.
 */
export function parseSrt(text: string, context: ReadContext = {}): readonly Cue[] {
  const cues: { start: number; end: number; text: string[] }[] = [];
  const lines = fileLines(text);
  for (const [index, line] of lines.entries()) {
    const times = timesOf(line, index, context);
    const last = cues.at(-1);
    if (times) cues.push({ ...times, text: [] });
    else if (!isNumber(line, lines[index + 1])) {
      if (last) last.text.push(line);
      else if (line.trim() !== '') {
        throw malformed(
          context,
          index,
          `${JSON.stringify(line.slice(0, 60))} comes before any times`,
        );
      }
    }
  }
  return cues
    .map(({ start, end, text }) => ({
      start,
      end,
      lines: textLines(withoutStyle(text.join('\n'))),
    }))
    .filter(({ lines }) => lines.length > 0);
}

/** A cue's number stands right above its times. */
function isNumber(line: string, next: string | undefined): boolean {
  return /^\s*\d+\s*$/u.test(line) && (next?.includes('-->') ?? false);
}

function withoutStyle(text: string): string {
  return text.replaceAll(tag, '').replaceAll(/\{\\[^{}]*\}/gu, '');
}
