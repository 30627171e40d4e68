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

/** WebVTT (https://www.w3.org/TR/webvtt1/), cues without identifiers or settings. */
export function formatVtt(cues: readonly Cue[]): string {
  return ['WEBVTT\n', ...writtenCues(cues).map(block)].join('\n');
}

function block({ start, end, lines, voice }: Cue): string {
  const times = `${timestamp(start, '.')} --> ${timestamp(end, '.')}`;
  const name = voice === undefined ? '' : escaped(textLines(voice).join(' '));
  return `${times}\n${name === '' ? '' : `<v ${name}>`}${lines.map(escaped).join('\n')}\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
};

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescaped(text: string): string {
  return text.replaceAll(/&\w+;/gu, (entity) => entities[entity] ?? entity);
}

/**
 * The cues of a WebVTT file with their speakers, without styling, positions, notes and regions;
 * cues without text are left out. Throws CPW_INVALID_OPTIONS that names the line where the file
 * does not begin with WEBVTT or times cannot be read.
 */
export function parseVtt(text: string, context: ReadContext = {}): readonly Cue[] {
  const lines = fileLines(text);
  if (!/^WEBVTT(?:\s|$)/u.test(lines[0] ?? '')) {
    throw malformed(context, 0, 'a WebVTT file begins with WEBVTT');
  }
  const cues: Cue[] = [];
  for (const { index, block } of blocksOf(lines)) {
    // Times stand on the first line, or below the cue's name.
    const at = block.findIndex((line) => line.includes('-->'));
    if (at < 0 && /^(?:NOTE|STYLE|REGION)(?:\s|$)/u.test(block[0] ?? '')) continue;
    const times = at < 0 || at > 1 ? undefined : timesOf(block[at] ?? '', index + at, context);
    if (!times) {
      throw malformed(context, index, `${JSON.stringify(block[0]?.slice(0, 60))} has no times`);
    }
    const cue = { ...times, ...spokenLines(block.slice(at + 1).join('\n')) };
    if (cue.lines.length > 0) cues.push(cue);
  }
  return cues;
}

/** What stands between empty lines, the file's head apart. */
function blocksOf(lines: readonly string[]): { index: number; block: readonly string[] }[] {
  const blocks: { index: number; block: string[] }[] = [];
  let open = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') open = false;
    else if (open) blocks.at(-1)?.block.push(line);
    else {
      blocks.push({ index, block: [line] });
      open = true;
    }
  }
  return blocks;
}

function spokenLines(text: string): Pick<Cue, 'lines' | 'voice'> {
  const name = /<v(?:\.[^\s>]*)?\s+([^>]*)>/u.exec(text)?.[1];
  const voice = name === undefined ? '' : unescaped(name).trim();
  const lines = textLines(unescaped(text.replaceAll(/<[^>]*>/gu, '')));
  return { lines, ...(voice === '' ? {} : { voice }) };
}
