import type { BreakKind } from './break-kind.js';

/**
 * What is against a cue, in points: the cues of a text are those whose points have the smallest
 * sum. Found by eye on the recordings and texts of tests/data, and on sentences of Chinese,
 * Japanese, Arabic and Thai; values nearby change little.
 */
export const weights = {
  /** Each cue, so that neighbours merge. */
  cue: 8,
  /** Where a cue ends. A pause there takes off a third of it. */
  cueBreak: {
    sentence: 0,
    clause: 5,
    conjunction: 9,
    phrase: 15,
    plain: 20,
    name: 26,
    bound: 28,
    inside: 60,
  },
  /** Where its first line ends. */
  lineBreak: {
    sentence: 0,
    clause: 1,
    conjunction: 2,
    phrase: 3,
    plain: 5,
    name: 9,
    bound: 13,
    inside: 25,
  },
  /** Two lines of which one is a whole line shorter. */
  imbalance: 9,
  /** Each second of silence inside. */
  pause: 5,
  /** A sentence that ends inside, where the next one does not end with the cue. */
  straddle: 7,
  /** Each character a second above the target. */
  speed: 1,
  /** Each character a second above the limit, on top. */
  overSpeed: 6,
  /** Too short at all, and for each second that is missing. */
  short: 15,
  shortSecond: 40,
  /** Each second of speech after the cue has to go. */
  longSecond: 12,
  /** No time between this cue and the next one. */
  gap: 30,
  /** Each wide character of a line beyond 16, which is what is read at one glance. */
  wide: 1,
} as const satisfies Record<string, number | Record<BreakKind, number>>;

/** A pause of this length, in ms, is the end of a phrase. */
export const fullPauseMs = 500;
/** Silence shorter than this, in ms, between two cues is filled: blinking draws the eye. */
export const blinkMs = 400;
/** A cue that keeps its distance to the next one is shown at least this long, in ms. */
export const leastShownMs = 250;
/** Comfortable width of a line of wide characters, which count two. */
export const comfortableWide = 32;
