import { resolve } from 'node:path';
import { CpwError } from '../errors.js';
import { demuxers } from './demuxers.js';
import type { ProgramEnd, ProgramLines } from './program.js';
import { endText } from './tools.js';

/**
 * ffmpeg's and ffprobe's arguments for a file. The scheme keeps names with colons, dashes or
 * percent signs what they are: names. Nothing but this one file can be opened.
 */
export function fileArgument(path: string): readonly string[] {
  const input = `file:${resolve(path)}`;
  return ['-protocol_whitelist', 'file', '-format_whitelist', demuxers, '-i', input];
}

/** The same for standard input. */
export const pipeArgument: readonly string[] = [
  '-protocol_whitelist',
  'pipe',
  '-format_whitelist',
  demuxers,
  '-i',
  'pipe:0',
];

/** What is read, as messages call it: a quoted path, or `The stream`. */
export interface MediaName {
  readonly name: string;
  readonly path?: string | undefined;
}

interface Failed extends ProgramEnd {
  readonly said: ProgramLines;
}

/** The error for a run that failed: the media's fault where ffmpeg says so, else ffmpeg's. */
export function mediaToolFailed(end: Failed, { name, path }: MediaName): CpwError {
  const words = lastWords(end.said, path);
  const known = causes.find(([pattern]) => pattern.test(words));
  const details = { ...(path === undefined ? {} : { path }), ffmpeg: words, status: end.status };
  if (known) {
    const [, code, problem, next] = known;
    const said = words === '' ? '' : ` (ffmpeg: ${words})`;
    return new CpwError(code, `${name} ${problem}${said}. Next step: ${next}.`, { details });
  }
  return new CpwError(
    'CPW_MEDIA_TOOL_FAILED',
    `${name}: ffmpeg failed (${endText(end)}): ${words === '' ? 'it gave no reason' : words}. ` +
      'Next step: see whether the file plays elsewhere, or convert it to WAV or FLAC first.',
    { details },
  );
}

const causes: readonly (readonly [
  pattern: RegExp,
  code: 'CPW_UNSUPPORTED_MEDIA' | 'CPW_FILE_NOT_FOUND' | 'CPW_OUT_OF_MEMORY',
  problem: string,
  next: string,
])[] = [
  [
    /Format not on whitelist/u,
    'CPW_UNSUPPORTED_MEDIA',
    'is a playlist or another file that holds no audio itself',
    'name the media files it points to',
  ],
  [
    /moov atom not found/u,
    'CPW_UNSUPPORTED_MEDIA',
    'is cut: the index of an MP4 or MOV file, often at its end, is missing',
    'get the whole file; a recording that was broken off needs a repair tool',
  ],
  [
    /No such file|Permission denied|Input\/output error/u,
    'CPW_FILE_NOT_FOUND',
    'cannot be read',
    'check the path, its permissions and the disk',
  ],
  [
    /Cannot allocate memory/u,
    'CPW_OUT_OF_MEMORY',
    'needs more memory than there is',
    'free some memory, or convert the audio to WAV first',
  ],
  [
    /Invalid data found|End of file|Invalid argument|could not find codec parameters/iu,
    'CPW_UNSUPPORTED_MEDIA',
    'is no audio or video that ffmpeg can read, or it is damaged',
    'check that it is a media file, and get it again if it was cut',
  ],
  [
    /Decoder .*not found|Decoder not found|Unknown decoder|unsupported codec/iu,
    'CPW_UNSUPPORTED_MEDIA',
    'holds audio in a codec that this ffmpeg cannot decode',
    'install a full build of ffmpeg, or convert the audio elsewhere',
  ],
];

/** The last lines without addresses in memory, repeats and the path that the message names already. */
export function lastWords(said: ProgramLines, path: string | undefined): string {
  const lines = said.last.map((line) => {
    const bare = line
      .replace(/^\[(\S+) @ 0x[0-9a-f]+\] /u, '[$1] ')
      .replace(/on whitelist '.*/u, 'on whitelist');
    return path === undefined ? bare : bare.replace(`file:${resolve(path)}: `, '');
  });
  return [...new Set(lines)].slice(-4).join(' / ');
}
