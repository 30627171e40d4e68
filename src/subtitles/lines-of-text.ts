import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import { textOf } from '../text/pieces.js';
import { placeToken } from './place-token.js';
import { linesOf, type PlacedToken } from './plan.js';
import { tokensOf } from './tokens.js';

/**
 * The lines of one cue, broken where it reads best. A text that has no room on the lines of the
 * rules is broken in its middle all the same: nothing of it is lost.
 */
export function linesOfText(
  text: string,
  { language, rules }: { readonly language: string; readonly rules: ParsedSubtitleOptions },
): readonly string[] {
  const tokens: PlacedToken[] = [];
  const segment = { start: 0, end: 1, text };
  for (const token of tokensOf(segment, { language, widest: rules.lineWidth })) {
    tokens.push(placeToken(token, tokens.length === 0, tokens.at(-1)));
  }
  const laid = linesOf({ tokens, from: 0, to: tokens.length }, { rules, labelWidth: 0 });
  const cut = laid?.cut ?? (rules.lines < 2 ? tokens.length : middleOf(tokens));
  return [textOf(tokens.slice(0, cut)), textOf(tokens.slice(cut))].filter((line) => line !== '');
}

function middleOf(tokens: readonly PlacedToken[]): number {
  const half = (tokens.at(-1)?.right ?? 0) / 2;
  const at = tokens.findIndex(({ left, right }) => (left + right) / 2 >= half);
  return Math.max(1, at);
}
