import type { Segment } from '../types.js';

/** What to call whoever speaks in a segment; undefined where channels were not told apart. */
export function voiceOf({ channel }: Pick<Segment, 'channel'>): string | undefined {
  return channel === undefined ? undefined : `Channel ${channel + 1}`;
}

/** The segment with its speaker in front of its text, for forms that have no place of their own for it. */
export function withVoice<Spoken extends Pick<Segment, 'channel' | 'text'>>(
  segment: Spoken,
): Spoken {
  const voice = voiceOf(segment);
  return voice === undefined ? segment : { ...segment, text: `${voice}: ${segment.text.trim()}` };
}
