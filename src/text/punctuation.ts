import { isAbbreviation } from './abbreviations.js';

const closing = String.raw`["'”’»«›)\]」』）》〉】〗]*$`;
// Sentence_Terminal has the full stops and question marks of every script, which Intl.Segmenter goes by too.
const sentenceEnd = new RegExp(`[\\p{Sentence_Terminal}…‼⁇⁈⁉]${closing}`, 'u');
const clauseEnd = new RegExp(`[,;:،؛、，；：﹐–—―]${closing}`, 'u');
const ellipsis = new RegExp(`(\\.{2,}|…+)${closing}`, 'u');
const fullStop = new RegExp(`^(.*)\\.${closing}`, 'u');

/** What the end of a word says of the text: a sentence ends there, a clause, or neither. */
export type PunctuationEnd = 'sentence' | 'clause' | 'none';

/** A word and what follows it. */
export interface WordInText {
  readonly word: string;
  /** Empty at the text's end. */
  readonly next: string;
  /** BCP 47 or Whisper's code. */
  readonly language: string | undefined;
}

/**
 * Whether a sentence or a clause ends after a word. The full stop of an abbreviation, of an
 * initial, of an ordinal number (German) ends none, nor do dots that trail off into a small letter.
 */
export function punctuationEnd({ word, next, language }: WordInText): PunctuationEnd {
  if (clauseEnd.test(word)) return 'clause';
  if (!sentenceEnd.test(word)) return 'none';
  if (/^\p{Ll}/u.test(bare(next)) && next !== '') {
    // "Stop!" he said: the sentence goes on where a small letter follows.
    return ellipsis.test(word) || !word.endsWith('.') ? 'clause' : 'none';
  }
  if (ellipsis.test(word)) return 'sentence';
  const stopped = fullStop.exec(word)?.[1];
  if (stopped === undefined || next === '') return 'sentence';
  if (isAbbreviation({ word: bare(stopped), next, language })) return 'none';
  return 'sentence';
}

/** The word without the punctuation around it. */
export function bare(word: string): string {
  return word.replaceAll(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, '');
}
