import { CpwError } from '../errors.js';
import { parseAss } from './ass.js';
import type { Cue } from './cue.js';
import type { ReadContext } from './file-lines.js';
import { parseSrt } from './srt.js';
import { parseVtt } from './vtt.js';

/** The forms in which subtitles are read, by the ends of their files' names. */
export const subtitleReaders = {
  srt: parseSrt,
  vtt: parseVtt,
  ass: parseAss,
  ssa: parseAss,
} as const satisfies Record<string, (text: string, context?: ReadContext) => readonly Cue[]>;

/**
 * The cues of a subtitle file. Its form is told by the name's end, without one by what the text
 * begins with. Throws CPW_INVALID_OPTIONS where the form is unknown or a line cannot be read.
 */
export function parseSubtitles(text: string, context: ReadContext = {}): readonly Cue[] {
  const ending = /\.([^./\\]+)$/u.exec(context.name ?? '')?.[1]?.toLowerCase();
  const form = ending ?? formOf(text);
  if (Object.hasOwn(subtitleReaders, form)) {
    return subtitleReaders[form as keyof typeof subtitleReaders](text, context);
  }
  const known = Object.keys(subtitleReaders).join(', ');
  const message = `${context.name ?? 'subtitles'}: .${form} is not read as subtitles; there are ${known}`;
  throw new CpwError('CPW_INVALID_OPTIONS', message);
}

function formOf(text: string): string {
  if (/^\ufeff?WEBVTT/u.test(text)) return 'vtt';
  return /^\ufeff?\s*\[Script Info\]/iu.test(text) ? 'ass' : 'srt';
}
