import type { SubtitleFormat } from '../options/output.js';
import type { SubtitleOptions } from '../options/subtitles.js';
import { formatAss } from '../subtitles/ass.js';
import type { Cue } from '../subtitles/cue.js';
import { formatSrt } from '../subtitles/srt.js';
import { formatVtt } from '../subtitles/vtt.js';
import type { Transcript } from '../types.js';
import { cuesOfTranscript } from './write-transcript.js';

const formatters: Readonly<Record<SubtitleFormat, (cues: readonly Cue[]) => string>> = {
  srt: formatSrt,
  vtt: formatVtt,
  ass: formatAss,
};

/** A transcript in one form of subtitles. */
export interface SubtitleForm {
  readonly cues: readonly Cue[];
  readonly text: string;
}

/**
 * The forms of subtitles of a transcript. Forms differ only in where they name a speaker: where
 * nobody is told apart, cues are cut once for all of them, which takes nearly all of the time.
 */
export function subtitleForms(
  transcript: Transcript,
  rules: SubtitleOptions,
): (format: SubtitleFormat) => SubtitleForm {
  const alike = transcript.segments.every(({ channel }) => channel === undefined);
  const once = new Map<string, readonly Cue[]>();
  return (format) => {
    const key = alike ? 'all' : format;
    const cues = once.get(key) ?? cuesOfTranscript(transcript, format, rules);
    once.set(key, cues);
    return { cues, text: formatters[format](cues) };
  };
}
