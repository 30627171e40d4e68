import type { Segment } from '../types.js';
import type { Cue } from './cue.js';
import { shownText } from './tokens.js';

/** What to call whoever speaks in a segment; undefined where channels were not told apart. */
export function voiceOf({ channel }: Pick<Segment, 'channel'>): string | undefined {
  return channel === undefined ? undefined : `Channel ${channel + 1}`;
}

/** What stands before the words of a speaker; empty for nobody. */
export function labelOf(voice: string | undefined): string {
  return voice === undefined ? '' : `${voice}: `;
}

/** The cue with its speaker in front of its text, for forms that have no place of their own for it. */
export function labelled({ voice, ...cue }: Cue): Cue {
  const [first = '', ...rest] = cue.lines;
  return { ...cue, lines: [`${labelOf(voice)}${first}`, ...rest] };
}

/** What is written of a segment where there are no cues: with its speaker, and marked where it is untranslated. */
export function spokenText(segment: Pick<Segment, 'channel' | 'text' | 'untranslated'>): string {
  return `${labelOf(voiceOf(segment))}${shownText(segment).trim()}`;
}
