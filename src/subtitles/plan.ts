import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import type { BreakKind } from './break-kind.js';
import { blinkMs, comfortableWide, fullPauseMs, leastShownMs, weights } from './cost.js';
import type { Token } from './tokens.js';

/** A token in the row of tokens from which cues are made. */
export interface PlacedToken extends Token {
  /** Where its text begins and ends on an endless line. */
  readonly left: number;
  readonly right: number;
  /** What a break before it would be. */
  readonly breakBefore: BreakKind;
  /** Silence before it, in ms. */
  readonly pauseMs: number;
}

/** The rules and what a label before the text takes of the first line. */
export interface PlanOptions {
  readonly rules: ParsedSubtitleOptions;
  readonly labelWidth: number;
}

/** When a cue is on the screen, in ms. */
export interface ShownTime {
  readonly startMs: number;
  readonly endMs: number;
}

/** A possible cue: the tokens from `from` to before `to`, and what follows them. */
export interface Span {
  readonly tokens: readonly PlacedToken[];
  readonly from: number;
  readonly to: number;
}

/** The room on the first line; a label never takes more than half of it. */
export function firstLineWidth({ rules, labelWidth }: PlanOptions): number {
  return Math.max(Math.floor(rules.lineWidth / 2), rules.lineWidth - labelWidth);
}

/**
 * A cue stays until its words are said and until it is read, as far as the next cue and the
 * longest duration let it.
 */
export function shownTimeOf({ tokens, from, to }: Span, options: PlanOptions): ShownTime {
  const { rules, labelWidth } = options;
  const first = tokens[from];
  const last = tokens[to - 1];
  if (first === undefined || last === undefined) return { startMs: 0, endMs: 0 };
  const { startMs } = first;
  const next = tokens[to]?.startMs ?? Infinity;
  const width = last.right - first.left + labelWidth;
  const readMs = Math.ceil((width / rules.targetReadingSpeed) * 1000);
  const latest = startMs + Math.floor(rules.maxDurationS * 1000);
  const wanted = Math.max(
    last.endMs,
    startMs + Math.max(readMs, Math.ceil(rules.minDurationS * 1000)),
  );
  const room = Math.min(latest, next - rules.gapMs);
  const kept = Math.min(wanted, room);
  if (kept >= startMs + leastShownMs) {
    return { startMs, endMs: room - kept < blinkMs ? room : kept };
  }
  return { startMs, endMs: Math.max(startMs + 1, Math.min(wanted, latest, next)) };
}

/** Where the first line ends (`to` for a single line) and the points of it; undefined where the text has no room. */
export function linesOf(
  { tokens, from, to }: Span,
  options: PlanOptions,
): { readonly cut: number; readonly points: number } | undefined {
  const { lineWidth, lines } = options.rules;
  const firstWidth = firstLineWidth(options);
  const left = tokens[from]?.left ?? 0;
  const right = tokens[to - 1]?.right ?? 0;
  if (right - left <= firstWidth) return { cut: to, points: wideness(right - left, tokens[from]) };
  if (lines < 2) return undefined;
  let best: { cut: number; points: number } | undefined;
  for (let cut = to - 1; cut > from; cut--) {
    const second = tokens[cut];
    if (second === undefined || right - second.left > lineWidth) break;
    const above = (tokens[cut - 1]?.right ?? 0) - left;
    if (above > firstWidth) continue;
    const below = right - second.left;
    const points =
      weights.lineBreak[second.breakBefore] +
      (weights.imbalance * Math.abs(above - below)) / lineWidth +
      wideness(above, second) +
      wideness(below, second);
    if (points < (best?.points ?? Infinity)) best = { cut, points };
  }
  return best;
}

function wideness(width: number, token: PlacedToken | undefined): number {
  const wide = token !== undefined && token.width > token.text.length;
  return wide ? (Math.max(0, width - comfortableWide) / 2) * weights.wide : 0;
}

/** What is against a cue of these tokens besides its lines. `inside` is what stands between them. */
export function pointsOf(
  span: Span,
  inside: { readonly pauseMs: number; readonly sentence: boolean },
  options: PlanOptions,
): number {
  const { tokens, to } = span;
  const next = tokens[to];
  const kind = next?.breakBefore ?? 'sentence';
  const pause = Math.min(1, (next?.pauseMs ?? 0) / fullPauseMs);
  return (
    weights.cue +
    weights.cueBreak[kind] * (1 - pause / 3) +
    (weights.pause * inside.pauseMs) / 1000 +
    (inside.sentence && kind !== 'sentence' ? weights.straddle : 0) +
    pointsOfTime(span, options)
  );
}

function pointsOfTime(span: Span, options: PlanOptions): number {
  const { rules, labelWidth } = options;
  const { tokens, from, to } = span;
  const { startMs, endMs } = shownTimeOf(span, options);
  const seconds = (endMs - startMs) / 1000;
  const last = tokens[to - 1];
  const speed = ((last?.right ?? 0) - (tokens[from]?.left ?? 0) + labelWidth) / seconds;
  const missing = rules.minDurationS - seconds;
  const speechEnd = Math.min(last?.endMs ?? 0, tokens[to]?.startMs ?? Infinity);
  const spoken = (speechEnd - startMs) / 1000 - rules.maxDurationS;
  const next = tokens[to]?.startMs ?? Infinity;
  return (
    Math.max(0, speed - rules.targetReadingSpeed) * weights.speed +
    Math.max(0, speed - rules.readingSpeed) * weights.overSpeed +
    (missing > 0 ? weights.short + missing * weights.shortSecond : 0) +
    Math.max(0, spoken) * weights.longSecond +
    (next - endMs < rules.gapMs ? weights.gap : 0)
  );
}
