import { parseOptions } from '../options/parse.js';
import { sentenceOptionsSchema, type SentenceOptions } from '../options/sentences.js';
import type { Segment } from '../types.js';
import { joinsWithoutSpace } from './pieces.js';
import { punctuationEnd } from './punctuation.js';
import { timedPieces, type TimedPiece } from './timed-pieces.js';
import { widthOf } from './width.js';

/** A word of a {@link Sentence} and the segment it comes from. Times are seconds. */
export interface SentenceWord extends TimedPiece {
  /** The segment's id. */
  readonly segment: number;
}

/** What is translated as a whole. Times are seconds. */
export interface Sentence {
  /** Counts from 0 without holes. */
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Its words in order; the text is these, with a space before each that is `spaced`. */
  readonly words: readonly SentenceWord[];
  /** The segments whose words it has, whole or in part, in order. */
  readonly segments: readonly Segment[];
  /** As the segments'. */
  readonly channel?: number;
  /** As the segments', or the language that was given. */
  readonly language?: string;
}

interface Part extends SentenceWord {
  readonly source: Segment;
  readonly language: string | undefined;
  /** True for the first of its segment. */
  readonly first: boolean;
}

/** In speech without punctuation a pause of this length, in s, between segments ends a sentence. */
const plainPauseS = 0.5;

/**
 * Joins segments into sentences as they come. One ends at its punctuation (not at that of
 * abbreviations, initials, decimals, ordinals), at a long pause, and where speaker or language
 * change; what is too long is cut at a clause. The last one waits for the next segment, by which it
 * is known to be over.
 */
export class SentenceJoiner {
  readonly #options;
  readonly #language: string | undefined;
  #parts: Part[] = [];
  #width = 0;
  #count = 0;

  /** `language` is used where segments do not tell theirs. Throws CPW_INVALID_OPTIONS. */
  constructor(language?: string, options: SentenceOptions = {}) {
    this.#options = parseOptions(sentenceOptionsSchema, options, { subject: 'sentences' });
    this.#language = language;
  }

  /** Takes the next segment and hands out the sentences that are over. */
  add(segment: Segment): readonly Sentence[] {
    const language = segment.language ?? this.#language;
    const sentences: Sentence[] = [];
    for (const [index, piece] of timedPieces(segment, language).entries()) {
      const first = index === 0;
      const part = { ...piece, segment: segment.id, source: segment, language, first };
      const last = this.#parts.at(-1);
      if (last && this.#endsBetween(last, part)) sentences.push(...this.end());
      const spaced = piece.spaced && !(first && last && joinsWithoutSpace(last.text, piece.text));
      this.#parts.push({ ...part, spaced });
      this.#width += widthOf(piece.text) + (spaced ? 1 : 0);
      if (this.#width > this.#options.maxLength) sentences.push(...this.#cut());
    }
    return sentences;
  }

  /** What is left, when no more segments come. */
  end(): readonly Sentence[] {
    if (this.#parts.length === 0) return [];
    return [this.#take(this.#parts.length)];
  }

  #endsBetween(last: Part, next: Part): boolean {
    const pause = next.start - last.end;
    if (pause > this.#options.maxPauseS) return true;
    if (last.source.channel !== next.source.channel || last.language !== next.language) return true;
    if (next.first && pause >= plainPauseS && !this.#parts.some(isPunctuated)) return true;
    const { text, language } = last;
    return punctuationEnd({ word: text, next: next.text, language }) === 'sentence';
  }

  /** Cuts what is too long where its second half has the best place for it. */
  #cut(): readonly Sentence[] {
    const parts = this.#parts;
    if (parts.length < 2) return [];
    let best = { at: parts.length - 1, points: -1 };
    for (let at = Math.ceil(parts.length / 2); at < parts.length; at++) {
      const [before, after] = [parts[at - 1], parts[at]];
      if (before === undefined || after === undefined) continue;
      const clause = punctuationEnd({
        word: before.text,
        next: after.text,
        language: after.language,
      });
      const points = (clause === 'none' ? 0 : 1) + Math.max(0, after.start - before.end);
      if (points >= best.points) best = { at, points };
    }
    return [this.#take(best.at)];
  }

  #take(count: number): Sentence {
    const parts = this.#parts.slice(0, count);
    this.#parts = this.#parts.slice(count);
    this.#width = this.#parts.reduce((sum, { text }) => sum + widthOf(text) + 1, 0);
    return sentenceOf(parts, this.#count++);
  }
}

/** The sentences of segments, each as soon as it is over. See {@link SentenceJoiner}. */
export async function* sentencesOf(
  segments: AsyncIterable<Segment> | Iterable<Segment>,
  language?: string,
  options: SentenceOptions = {},
): AsyncGenerator<Sentence, void, undefined> {
  const joiner = new SentenceJoiner(language, options);
  for await (const segment of segments) yield* joiner.add(segment);
  yield* joiner.end();
}

function isPunctuated({ text }: Part): boolean {
  return /\p{P}["'”’»)\]」』]*$/u.test(text);
}

function sentenceOf(parts: readonly Part[], id: number): Sentence {
  const segments = [...new Set(parts.map(({ source }) => source))];
  const words = parts.map(({ text, spaced, start, end, segment }, index) => {
    return { text, spaced: spaced && index > 0, start, end, segment };
  });
  const { channel } = segments[0] ?? {};
  const language = parts[0]?.language;
  return {
    id,
    ...spanOf(words, segments),
    text: words.map(({ text, spaced }) => (spaced ? ` ${text}` : text)).join(''),
    words,
    segments,
    ...(channel === undefined ? {} : { channel }),
    ...(language === undefined ? {} : { language }),
  };
}

/** From the first word to the last; of words without length, their segments' span. */
function spanOf(
  words: readonly SentenceWord[],
  segments: readonly Segment[],
): { start: number; end: number } {
  const start = words[0]?.start ?? 0;
  const end = words.reduce((latest, word) => Math.max(latest, word.end), start);
  if (start < end) return { start, end };
  return { start: segments[0]?.start ?? start, end: segments.at(-1)?.end ?? end };
}
