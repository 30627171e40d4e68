import type { SubtitleFormat } from '../options/output.js';
import type { SubtitleOptions } from '../options/subtitles.js';
import { formatAss } from '../subtitles/ass.js';
import type { Cue } from '../subtitles/cue.js';
import { streamCues } from '../subtitles/cues.js';
import { formatSrt } from '../subtitles/srt.js';
import type { ShownSegment } from '../subtitles/tokens.js';
import { formatVtt } from '../subtitles/vtt.js';
import { labelled } from '../subtitles/voice.js';

/** What writes each form. */
export const subtitleFormatters: Readonly<
  Record<SubtitleFormat, (cues: readonly Cue[]) => string>
> = {
  srt: formatSrt,
  vtt: formatVtt,
  ass: formatAss,
};

/** Cues as a form shows them: SRT has no place of its own for the speaker. */
export function shownCues(cues: readonly Cue[], format: SubtitleFormat): readonly Cue[] {
  return format === 'srt' ? cues.map(labelled) : cues;
}

/** A text in one form of subtitles. */
export interface SubtitleForm {
  readonly cues: readonly Cue[];
  readonly text: string;
}

/**
 * The forms of subtitles of segments, which are read as often as it takes and never held: their
 * words are many times the size of the cues. Forms differ only in where they name a speaker: where
 * nobody is told apart, cues are cut once for all of them, which takes nearly all of the time.
 */
export function subtitleForms(
  segments: () => AsyncIterable<ShownSegment>,
  { language, rules }: { readonly language: string; readonly rules: SubtitleOptions },
): (format: SubtitleFormat) => Promise<SubtitleForm> {
  const cut = new Map<boolean, readonly Cue[]>();
  const cuesOf = async (labels: boolean): Promise<readonly Cue[]> => {
    const known = cut.get(labels) ?? [...cut.values()].find((cues) => !cues.some(isOfSomebody));
    if (known !== undefined) return known;
    const cues: Cue[] = [];
    for await (const cue of streamCues(segments(), rules, { language, labels })) cues.push(cue);
    cut.set(labels, cues);
    return cues;
  };
  return async (format) => {
    const cues = shownCues(await cuesOf(format === 'srt'), format);
    return { cues, text: subtitleFormatters[format](cues) };
  };
}

function isOfSomebody({ voice }: Cue): boolean {
  return voice !== undefined;
}
