import { parseOptions } from '../options/parse.js';
import { subtitleOptionsSchema, type SubtitleOptions } from '../options/subtitles.js';
import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import { widthOf } from '../text/width.js';
import type { Cue } from './cue.js';

/** What a cue may break: the options of the same name, and what no option allows. */
export type CueRule =
  | 'lineWidth'
  | 'lines'
  | 'minDurationS'
  | 'maxDurationS'
  | 'readingSpeed'
  | 'gapMs'
  | 'overlap'
  | 'empty';

/** A rule that a cue does not keep. */
export interface CueViolation {
  /** The cue's number in a file, from 1. */
  readonly cue: number;
  readonly rule: CueRule;
  /** As the rule counts: characters, lines, s, characters a second, ms. */
  readonly value: number;
  readonly limit: number;
  /** The same in words. */
  readonly message: string;
}

interface Finding {
  readonly rule: CueRule;
  readonly value: number;
  readonly limit: number;
  readonly said: string;
}

/**
 * Every rule that the cues break, in their order. Reading speed counts characters as lineWidth
 * does; gaps are those between cues of one voice. Throws CPW_INVALID_OPTIONS.
 */
export function checkCues(
  cues: readonly Cue[],
  options: SubtitleOptions = {},
): readonly CueViolation[] {
  const check = cueChecker(options);
  return cues.flatMap(check);
}

/** Like {@link checkCues}, for cues that come one by one: a function to call with each. */
export function cueChecker(options: SubtitleOptions = {}): (cue: Cue) => readonly CueViolation[] {
  const rules = parseOptions(subtitleOptionsSchema, options, { subject: 'subtitles' });
  const ends = new Map<string | undefined, number>();
  let number = 0;
  return (cue) => {
    number++;
    const earlier = ends.get(cue.voice);
    const endMs = milliseconds(cue.end);
    ends.set(cue.voice, Math.max(earlier ?? 0, endMs));
    const findings = [
      ...textFindings(cue, rules),
      ...timeFindings(cue, rules),
      ...(earlier === undefined ? [] : gapFindings(milliseconds(cue.start) - earlier, rules)),
    ];
    return findings.map(({ said, ...rest }) => ({
      cue: number,
      ...rest,
      message: `cue ${number} (${cue.start.toFixed(3)} s) ${said}`,
    }));
  };
}

function textFindings({ lines }: Cue, rules: ParsedSubtitleOptions): readonly Finding[] {
  const widest = Math.max(0, ...lines.map(widthOf));
  const found: Finding[] = [];
  if (widest > rules.lineWidth) {
    const limit = rules.lineWidth;
    const said = `has a line of ${widest} characters; at most ${limit} are allowed`;
    found.push({ rule: 'lineWidth', value: widest, limit, said });
  }
  if (lines.length > rules.lines) {
    const said = `has ${lines.length} lines; at most ${rules.lines} are allowed`;
    found.push({ rule: 'lines', value: lines.length, limit: rules.lines, said });
  }
  if (lines.every((line) => line.trim() === '')) {
    found.push({ rule: 'empty', value: 0, limit: 1, said: 'has no text' });
  }
  return found;
}

function timeFindings(
  { start, end, lines }: Cue,
  { minDurationS, maxDurationS, readingSpeed }: ParsedSubtitleOptions,
): readonly Finding[] {
  const shown = (milliseconds(end) - milliseconds(start)) / 1000;
  const found: Finding[] = [];
  if (shown < minDurationS || shown <= 0) {
    const said = `is shown for ${shown} s; at least ${minDurationS} are needed`;
    found.push({ rule: 'minDurationS', value: shown, limit: minDurationS, said });
  }
  if (shown > maxDurationS) {
    const said = `is shown for ${shown} s; at most ${maxDurationS} are allowed`;
    found.push({ rule: 'maxDurationS', value: shown, limit: maxDurationS, said });
  }
  const width = lines.reduce((sum, line) => sum + widthOf(line), 0);
  if (width > readingSpeed * shown) {
    const value = shown > 0 ? Math.round((width / shown) * 100) / 100 : Infinity;
    const said = `is read at ${value} characters a second; at most ${readingSpeed} are allowed`;
    found.push({ rule: 'readingSpeed', value, limit: readingSpeed, said });
  }
  return found;
}

function gapFindings(gap: number, { gapMs }: ParsedSubtitleOptions): readonly Finding[] {
  if (gap < 0) {
    const said = `begins ${-gap} ms before the one before it ends`;
    return [{ rule: 'overlap', value: gap, limit: 0, said }];
  }
  if (gap >= gapMs) return [];
  const said = `begins ${gap} ms after the one before it; at least ${gapMs} are needed`;
  return [{ rule: 'gapMs', value: gap, limit: gapMs, said }];
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
