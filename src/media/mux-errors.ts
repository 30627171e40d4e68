import { resolve } from 'node:path';
import { CpwError } from '../errors.js';
import { lastWords } from './ffmpeg-errors.js';
import type { MuxPlan } from './mux-plan.js';
import { fullDiskWords, type MuxerEnd } from './mux-run.js';
import { endText, notStarted } from './tools.js';

interface Muxing {
  readonly plan: MuxPlan;
  readonly ffmpeg: string;
  readonly temporary: string;
  readonly output: string;
}

/**
 * Throws where ffmpeg failed: CPW_OUT_OF_MEMORY on a full disk, else CPW_MEDIA_TOOL_FAILED with its
 * last lines. Returns a note where it ended well and complained.
 */
export function muxFailed(end: MuxerEnd, muxing: Muxing): readonly string[] {
  const { plan, ffmpeg, output } = muxing;
  const { name } = plan.media;
  if (end.startError) throw notStarted(ffmpeg, end.startError, `${name} needs ffmpeg`);
  const words = wordsOf(end, muxing);
  if (end.said.matched || fullDiskWords.test(words)) throw diskFull(output, words);
  if (end.status === 0) {
    if (end.said.count === 0) return [];
    const times = end.said.count === 1 ? 'a problem' : `${end.said.count} problems`;
    return [`${name}: ffmpeg met ${times} and went on: ${words}`];
  }
  throw new CpwError(
    'CPW_MEDIA_TOOL_FAILED',
    `${name} could not be written with its subtitles to ${JSON.stringify(output)}: ffmpeg failed ` +
      `(${endText(end)}): ${words === '' ? 'it gave no reason' : words}. ` +
      `Next step: ${nextStep(words, plan)}.`,
    { details: { path: plan.media.path, ffmpeg: words, status: end.status } },
  );
}

/** The disk, a quota or the largest size of a file ended the writing. */
export function diskFull(output: string, cause: unknown): CpwError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new CpwError(
    'CPW_OUT_OF_MEMORY',
    `There is no room for ${JSON.stringify(output)} (${words}). ` +
      'Next step: make room there, or choose another folder (--output-dir).',
    { cause, details: { path: output } },
  );
}

/** CPW_INVALID_OPTIONS for a file that would be replaced without being asked to, or a folder. */
export function outputExists(output: string, isFolder = false): CpwError {
  const problem = isFolder ? 'is a folder; remove it' : 'exists already; add --overwrite';
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `${JSON.stringify(output)} ${problem} or choose another --output-dir`,
    { details: { path: output } },
  );
}

/** CPW_INVALID_OPTIONS for an output that is the same file as an input, by whatever name. */
export function outputIsInput(output: string, input: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `${JSON.stringify(output)} is the same file as ${JSON.stringify(input)}, which is read: an ` +
      'input is never replaced. Next step: choose another --output-dir.',
    { details: { output, input } },
  );
}

/** ffmpeg's lines with names that the user knows. */
function wordsOf({ said }: MuxerEnd, { plan, temporary, output }: Muxing): string {
  const named = said.last.map((line) =>
    line.replaceAll(`file:${resolve(temporary)}`, JSON.stringify(output)),
  );
  return lastWords({ ...said, last: named }, plan.media.path);
}

function nextStep(words: string, { container, tracks }: MuxPlan): string {
  // ffmpeg counts its inputs: 0 is the media, then come the tracks.
  const input = Number(/stream #(\d+):/u.exec(words)?.[1] ?? 0);
  const track = tracks[input - 1] ?? tracks.find(({ path }) => words.includes(resolve(path)));
  if (track) return `check that ${JSON.stringify(track.path)} is a subtitle file in UTF-8`;
  if (/codec|tag|header|not (currently )?supported/iu.test(words) && container !== 'mkv') {
    return 'choose the container that takes most: mkv (--container mkv)';
  }
  return 'see whether the file plays, and whether a newer ffmpeg takes it';
}
