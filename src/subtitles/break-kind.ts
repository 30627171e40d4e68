import { isAbbreviation } from '../text/abbreviations.js';
import { bare, punctuationEnd } from '../text/punctuation.js';
import { breakWordsOf } from './break-words.js';

/**
 * How well text may be broken at a place: after a sentence, after a clause, before a conjunction,
 * before a phrase, anywhere between words, inside a name, between words that belong together,
 * inside a word.
 */
export type BreakKind =
  'sentence' | 'clause' | 'conjunction' | 'phrase' | 'plain' | 'name' | 'bound' | 'inside';

/** The texts on both sides of a place between two words. */
export interface BreakPlace {
  readonly before: string;
  readonly after: string;
  readonly language: string | undefined;
}

const hiragana = /^\p{Script=Hiragana}/u;
const kanaOrKanji = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]$/u;
// Particles after which a Japanese phrase ends.
const particle =
  /(?:[はがをにへともや]|から|まで|より|ので|のに|けど|けれど|ても|たら|れば|って)$/u;
// A dash that stands alone begins what is said after it.
const dash = /^[-–—]$/u;
const capital = /^\p{Lu}\p{L}/u;

/** What kind of place a break between two words would stand at. */
export function breakKindOf({ before, after, language }: BreakPlace): BreakKind {
  if (dash.test(before)) return 'bound';
  const end = punctuationEnd({ word: before, next: after, language });
  if (end !== 'none') return end;
  if (dash.test(after)) return 'clause';
  const table = breakWordsOf(language);
  const left = bare(before).toLowerCase();
  const right = bare(after).toLowerCase();
  if (hiragana.test(after) && kanaOrKanji.test(before) && !table.before.has(right)) return 'bound';
  if (table.trails.has(right)) return 'bound';
  const stopped = { word: bare(before), next: after, language };
  if (before.endsWith('.') && isAbbreviation(stopped)) return 'bound';
  const preposition = table.leads.has(left) && table.phrase.has(left);
  if (preposition || table.before.has(left)) return 'bound';
  if (table.before.has(right)) return 'conjunction';
  if (table.leads.has(left)) return 'bound';
  if (table.phrase.has(right) || particle.test(before)) return 'phrase';
  return capital.test(before) && capital.test(after) ? 'name' : 'plain';
}
