import type { Word } from '../../src/types.js';
import { normalizedWords } from './word-error-rate.js';

/** How far words were heard from where they were said, in ms, over those that were understood. */
export interface WordTimeErrors {
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Words that were said. */
  readonly said: number;
}

interface Timed {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Pairs the words of both by the longest common sequence and compares their times. */
export function wordTimeErrors(said: readonly Timed[], heard: readonly Word[]): WordTimeErrors {
  const before = said.map(normalized);
  const pairs = commonSequence(before, heard.map(normalized));
  const off = (edge: 'start' | 'end'): number[] =>
    pairs.map(([i, j]) => Math.abs((heard[j]?.[edge] ?? NaN) - (said[i]?.[edge] ?? NaN)) * 1e3);
  return { start: off('start'), end: off('end'), said: said.length };
}

/** The errors of several recordings together. */
export function joined(errors: readonly WordTimeErrors[]): WordTimeErrors {
  return {
    start: errors.flatMap(({ start }) => start),
    end: errors.flatMap(({ end }) => end),
    said: errors.reduce((sum, { said }) => sum + said, 0),
  };
}

/** The value that this share of them does not pass. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

const normalized = ({ word }: Timed): string => normalizedWords(word).join(' ');

function commonSequence(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      i += 1;
    } else {
      j += 1;
    }
  }
  return pairs;
}
