import type { Cue } from './cues.js';
import { timestamp } from './timestamp.js';

/** WebVTT (https://www.w3.org/TR/webvtt1/), cues without identifiers or settings. */
export function formatVtt(cues: readonly Cue[]): string {
  return ['WEBVTT\n', ...cues.map(block)].join('\n');
}

function block({ startMs, endMs, lines, voice }: Cue): string {
  const times = `${timestamp(startMs, '.')} --> ${timestamp(endMs, '.')}`;
  const speaker = voice === undefined ? '' : `<v ${escaped(voice)}>`;
  return `${times}\n${speaker}${lines.map(escaped).join('\n')}\n`;
}

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
