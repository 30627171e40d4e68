import { textOf } from '../text/pieces.js';
import {
  linesOf,
  pointsOf,
  shownTimeOf,
  type PlacedToken,
  type PlanOptions,
  type ShownTime,
} from './plan.js';
import { placeToken } from './place-token.js';
import type { Token } from './tokens.js';

/** A cue that is decided. */
export interface PlannedCue extends ShownTime {
  readonly lines: readonly string[];
}

/** The best way to cut the tokens before a place: where its last cue begins, and that cue's first line ends. */
interface Best {
  readonly points: number;
  readonly from: number;
  readonly cut: number;
}

/** No cue has more tokens, whatever their width. */
const mostTokens = 100;
/** From so many undecided tokens on, every so many tokens, what is decided is looked for. */
const lookFrom = 24;
const lookEvery = 8;
/** So many tokens, about a minute of speech, are kept at most. */
const mostPending = 160;

/**
 * Cuts a row of tokens into cues by dynamic programming over the places between them. Tokens come
 * one by one and cues leave as soon as no later token can change them.
 */
export class Optimiser {
  readonly #options: PlanOptions;
  #tokens: PlacedToken[] = [];
  /** One entry for each place: before the first token, after it, and so on. */
  #best: Best[] = [start];
  #last: PlacedToken | undefined;
  #freeFromMs = 0;

  constructor(options: PlanOptions) {
    this.#options = options;
  }

  /** When what is undecided begins, in ms; Infinity where nothing is. */
  get pendingFromMs(): number {
    return this.#tokens[0]?.startMs ?? Infinity;
  }

  /** Takes the next token and hands out what is decided by it. `first` of its segment: a space may be needed before it. */
  add(token: Token, first: boolean): readonly PlannedCue[] {
    const placed = this.#place(token, first);
    this.#tokens.push(placed);
    const place = this.#tokens.length - 1;
    if (place === 0) return [];
    this.#best.push(this.#bestUntil(place));
    if (placed.pauseMs > this.#options.rules.mergeGapS * 1000) return this.#commit(place);
    if (place >= mostPending) return this.#force(place);
    return place < lookFrom || place % lookEvery !== 0 ? [] : this.#commit(this.#agreed(place));
  }

  /** What is left, when no more tokens come. */
  end(): readonly PlannedCue[] {
    const place = this.#tokens.length;
    if (place === 0) return [];
    this.#best.push(this.#bestUntil(place));
    return this.#commit(place);
  }

  #place(token: Token, first: boolean): PlacedToken {
    const placed = placeToken(token, first, this.#last);
    this.#last = placed;
    return placed;
  }

  /** The best last cue of all that end before the token at `to`. */
  #bestUntil(to: number): Best {
    const tokens = this.#tokens;
    const { lineWidth, lines } = this.#options.rules;
    const right = tokens[to - 1]?.right ?? 0;
    let best: Best | undefined;
    let pauseMs = 0;
    let sentence = false;
    for (let from = to - 1; from >= Math.max(0, to - mostTokens); from--) {
      const token = tokens[from];
      if (token === undefined || right - token.left > lineWidth * lines + 1) break;
      const span = { tokens, from, to };
      const laid = linesOf(span, this.#options);
      const before = this.#best[from]?.points ?? Infinity;
      if (laid !== undefined && before < (best?.points ?? Infinity)) {
        const own = pointsOf(span, { pauseMs, sentence }, this.#options) + laid.points;
        if (before + own < (best?.points ?? Infinity)) {
          best = { points: before + own, from, cut: laid.cut };
        }
      }
      pauseMs += token.pauseMs;
      sentence ||= token.breakBefore === 'sentence';
    }
    return best ?? { points: Infinity, from: to - 1, cut: to };
  }

  /** The last place that the best ways to all places go through at which a coming cue may begin. */
  #agreed(place: number): number {
    const { lineWidth, lines } = this.#options.rules;
    const right = this.#tokens[place]?.right ?? 0;
    let shared = this.#chain(place);
    for (let at = place; at >= Math.max(0, place - mostTokens); at--) {
      if (right - (this.#tokens[at]?.left ?? 0) > lineWidth * lines + 1) break;
      const chain = new Set(this.#chain(at));
      shared = shared.filter((one) => chain.has(one));
      if (shared.length === 0) return 0;
    }
    return shared.at(-1) ?? 0;
  }

  /** Decides the first half of what is pending by what is best as yet. */
  #force(place: number): readonly PlannedCue[] {
    const cues = this.#commit(this.#chain(place).find((at) => at >= mostPending / 2) ?? place);
    // Ways that began in the half that left are ways no more.
    const rest = this.#best.length;
    this.#best = [start];
    while (this.#best.length < rest) this.#best.push(this.#bestUntil(this.#best.length));
    return cues;
  }

  /** The places at which the best cues before `place` end, in order. */
  #chain(place: number): readonly number[] {
    const places: number[] = [];
    for (let at = place; at > 0; at = this.#best[at]?.from ?? 0) places.push(at);
    return places.toReversed();
  }

  #commit(place: number): readonly PlannedCue[] {
    if (place === 0) return [];
    const ends = this.#chain(place);
    const cues = ends.map((to, index) => this.#cue(ends[index - 1] ?? 0, to));
    const points = this.#best[place]?.points ?? 0;
    this.#tokens = this.#tokens.slice(place);
    this.#best = this.#best.slice(place).map((one, index) => ({
      points: one.points - points,
      from: index === 0 ? 0 : one.from - place,
      cut: one.cut - place,
    }));
    return cues;
  }

  #cue(from: number, to: number): PlannedCue {
    const { cut } = this.#best[to] ?? start;
    const shown = shownTimeOf({ tokens: this.#tokens, from, to }, this.#options);
    const startMs = Math.max(shown.startMs, this.#freeFromMs);
    const endMs = Math.max(shown.endMs, startMs + 1);
    this.#freeFromMs = endMs;
    const lines = [
      textOf(this.#tokens.slice(from, cut)),
      textOf(this.#tokens.slice(cut, to)),
    ].filter((line) => line !== '');
    return { startMs, endMs, lines };
  }
}

const start: Best = { points: 0, from: 0, cut: 0 };
