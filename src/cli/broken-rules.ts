import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import { checkCues } from '../subtitles/check-cues.js';
import type { Cue } from '../subtitles/cue.js';

/** Which rules of subtitles the cues break; undefined where they keep all. */
export function brokenRules(
  cues: readonly Cue[],
  rules: ParsedSubtitleOptions,
): string | undefined {
  const violations = checkCues(cues, rules);
  const [first] = violations;
  if (first === undefined) return undefined;
  const many =
    violations.length === 1 ? '' : `${violations.length} rules of subtitles are broken; `;
  return `${many}${first.message}`;
}
