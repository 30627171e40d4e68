import type { Cue } from './cue.js';
import { fileLines, malformed, textLines, writtenCues, type ReadContext } from './file-lines.js';
import { parseTimestamp, timestamp } from './timestamp.js';

// Sizes are those of a picture of 1080 lines, whatever the film's.
const head = `[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,90,90,60,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;
const joiner = '\u2060';

/**
 * Advanced SubStation Alpha, one style, speakers in the Name column. Times are hundredths of a
 * second there: they are rounded.
 */
export function formatAss(cues: readonly Cue[]): string {
  return head + writtenCues(cues).map(dialogue).join('');
}

function dialogue({ start, end, lines, voice = '' }: Cue): string {
  const from = hundredths(start);
  // Rounding empties no cue.
  const to = Math.max(from + 1, hundredths(end));
  const name = textLines(voice).join(' ').replaceAll(',', ' ').trim();
  const text = lines.map(escaped).join('\\N');
  return `Dialogue: 0,${clock(from)},${clock(to)},Default,${name},0,0,0,,${text}\n`;
}

function hundredths(seconds: number): number {
  // By way of the milliseconds that were meant: 4.055 * 100 is a little less than 405.5.
  return Math.round(Math.round(seconds * 1000) / 10);
}

function clock(count: number): string {
  return timestamp(count / 100, '.')
    .slice(0, -1)
    .replace(/^0(?=\d:)/u, '');
}

// A backslash has no escape: an invisible joiner keeps it from the letter after it.
function escaped(line: string): string {
  return line
    .replaceAll(/\\(?=[Nnh{}\\\u2060]|$)/gu, `\\${joiner}`)
    .replaceAll(/[{}]/gu, (brace) => `\\${brace}`);
}

const codes: Readonly<Record<string, string>> = {
  '\\N': '\n',
  '\\n': '\n',
  '\\h': '\u00a0',
  '\\{': '{',
  '\\}': '}',
  [`\\${joiner}`]: '\\',
};

function unescaped(text: string): string {
  return text.replaceAll(/\\[Nnh{}\u2060]|\{[^}]*\}/gu, (code) => codes[code] ?? '');
}

/**
 * The cues of an ASS or SSA file in order of their starts, with the Name column as their voice and
 * without styling; drawings, comments and cues without text are left out. Throws
 * CPW_INVALID_OPTIONS that names the line which cannot be read.
 */
export function parseAss(text: string, context: ReadContext = {}): readonly Cue[] {
  const cues: Cue[] = [];
  let section = '';
  let columns: readonly string[] = [];
  for (const [index, line] of fileLines(text).entries()) {
    const [, key = '', value = ''] = /^\s*(\w+)\s*:\s?(.*)$/u.exec(line) ?? [];
    section = /^\s*\[(.*)\]\s*$/u.exec(line)?.[1]?.toLowerCase() ?? section;
    if (section !== 'events') continue;
    if (key === 'Format') columns = value.split(',').map((name) => name.trim().toLowerCase());
    if (key !== 'Dialogue') continue;
    const cue = cueOf(fieldsOf(value, columns, (problem) => malformed(context, index, problem)));
    if (cue === undefined) throw malformed(context, index, 'the times of the dialogue are wrong');
    if (cue.lines.length > 0) cues.push(cue);
  }
  if (section === '') throw malformed(context, 0, 'an ASS file has sections, [Script Info] first');
  return cues.sort((a, b) => a.start - b.start);
}

type Fields = ReadonlyMap<string, string>;

function fieldsOf(
  value: string,
  columns: readonly string[],
  failed: (problem: string) => Error,
): Fields {
  const last = columns.length - 1;
  if (!['start', 'end'].every((name) => columns.includes(name)) || columns[last] !== 'text') {
    throw failed('there is no Format line before it that has Start, End and, last, Text');
  }
  const parts = value.split(',');
  if (parts.length < columns.length) {
    throw failed(`has ${parts.length} fields, of the ${columns.length} that Format names`);
  }
  const values = [...parts.slice(0, last), parts.slice(last).join(',')];
  return new Map(columns.map((name, index) => [name, values[index] ?? '']));
}

function cueOf(fields: Fields): Cue | undefined {
  const start = parseTimestamp(fields.get('start') ?? '');
  const end = parseTimestamp(fields.get('end') ?? '');
  if (start === undefined || end === undefined || start >= end) return undefined;
  const voice = fields.get('name')?.trim() ?? '';
  const text = fields.get('text') ?? '';
  // \p with a number begins a drawing, whose "text" is its outline.
  const lines = /\{[^}]*\\p[1-9]/u.test(text) ? [] : textLines(unescaped(text));
  return { start, end, lines, ...(voice === '' ? {} : { voice }) };
}
