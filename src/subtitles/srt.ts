import type { Cue } from './cues.js';
import { timestamp } from './timestamp.js';

/** SubRip: cues counted from 1 without holes. */
export function formatSrt(cues: readonly Cue[]): string {
  return cues.map((cue, index) => `${index + 1}\n${block(cue)}`).join('\n');
}

function block({ startMs, endMs, lines }: Cue): string {
  return `${timestamp(startMs, ',')} --> ${timestamp(endMs, ',')}\n${lines.map(plain).join('\n')}\n`;
}

// SubRip has no escapes: an arrow in the text would read as another cue's times.
function plain(line: string): string {
  return line.replaceAll(/-{2,}>/gu, '→');
}
