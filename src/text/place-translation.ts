import type { Segment, Word } from '../types.js';
import { piecesOf, textOf, type Piece } from './pieces.js';
import { punctuationEnd } from './punctuation.js';
import type { Sentence, SentenceWord } from './sentences.js';
import { widthOf } from './width.js';

/** What became of a sentence. */
export interface PlacedTranslation {
  /** Empty or white space where nothing came of it. */
  readonly text: string;
  /**
   * Which words belong together, as pairs of a word of the sentence (its place in `words`) and one
   * of the translation (its place among `piecesOf(text, language)`, for most languages what stands
   * between spaces), both from 0. Pairs outside of the texts are passed over.
   */
  readonly alignment?: readonly (readonly [source: number, target: number])[];
}

/** A run of the source's words without a pause. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Of the sentence's words: the first, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** Silence inside a sentence from which on, in s, the translation is silent as well. */
const pauseS = 0.3;
/** What speaks against dividing the translation at a place, on a scale where its length is 1. */
const divisionWeights = {
  /** Away from where the source is divided. */
  distance: 1,
  /** In the middle of a clause. */
  insideClause: 0.12,
  /** All pairs of the alignment cross. */
  crossing: 3,
};

/**
 * The translation as a segment on the time of the sentence: divided where the source pauses, at
 * the nearest punctuation (by `alignment`, where it is given), each part shared out among its words
 * by their width. Words are estimates, ascend, and lie inside the sentence's span. The segment's
 * id is the sentence's. Undefined or empty translations give the source's own words, marked
 * `untranslated`, so that nothing passes for a translation that is none.
 */
export function placeTranslation(
  sentence: Sentence,
  translation: PlacedTranslation | undefined,
  language: string,
): Segment {
  const pieces = piecesOf(translation?.text ?? '', language);
  if (translation === undefined || pieces.length === 0) return untranslated(sentence);
  const runs = runsOf(sentence);
  const cuts = divide(pieces, runs, { sentence, language, alignment: translation.alignment ?? [] });
  const probability = leastSure(sentence).confidence;
  const words = partsOf(cuts, pieces.length, runs).flatMap(({ from, to, start, end }) =>
    spread(pieces.slice(from, to), { start, end }).map((word) => ({ ...word, probability })),
  );
  const text = textOf(pieces);
  const { language: _, ...rest } = leastSure(sentence);
  return { ...rest, ...placeOf(sentence), text, words };
}

/**
 * The translation cut where the sentence goes over from one segment into the next, by the segments'
 * ids. Where it has fewer words than there are segments, all of it belongs to the first.
 */
export function divideBySegment(
  sentence: Sentence,
  { text, alignment = [] }: PlacedTranslation,
  language: string,
): ReadonlyMap<number, string> {
  const pieces = piecesOf(text, language);
  const runs: { segment: number; start: number; end: number; from: number; to: number }[] = [];
  for (const [index, { segment, start, end }] of sentence.words.entries()) {
    const last = runs.at(-1);
    if (last?.segment === segment) last.to = index + 1;
    else runs.push({ segment, start, end, from: index, to: index + 1 });
  }
  const cuts = divide(pieces, runs, { sentence, language, alignment });
  if (cuts.length < runs.length - 1)
    return new Map(runs.slice(0, 1).map((run) => [run.segment, text]));
  return new Map(
    runs.map(({ segment }, at) => [segment, textOf(pieces.slice(cuts[at - 1] ?? 0, cuts[at]))]),
  );
}

function untranslated(sentence: Sentence): Segment {
  const source = leastSure(sentence);
  const probability = source.confidence;
  const words = sentence.words.map(({ text, start, end }, index, all) => {
    const until = Math.min(end, all[index + 1]?.start ?? end);
    return { word: text, start, end: until, probability };
  });
  // Words without length break the contract of words: the text is spread anew where it is shown.
  const { words: _, ...rest } = source;
  const timed = words.every(({ start, end }) => start < end) ? { words } : {};
  return { ...rest, ...placeOf(sentence), text: sentence.text, untranslated: true, ...timed };
}

function placeOf({ id, start, end }: Sentence): Pick<Segment, 'id' | 'start' | 'end'> {
  return { id, start, end };
}

/** The segment whose measures hold for all of the sentence. */
function leastSure({ segments, id, start, end, text }: Sentence): Segment {
  const measured = segments.toSorted((a, b) => a.confidence - b.confidence)[0];
  if (measured !== undefined) return measured;
  const unknown = { avgLogprob: 0, noSpeechProb: 0, confidence: 1, compressionRatio: 0 };
  return { id, start, end, text, ...unknown, temperature: 0, pass: 'first' };
}

function runsOf({ words, start, end }: Sentence): readonly Run[] {
  const runs: { start: number; end: number; from: number; to: number }[] = [];
  for (const [index, word] of words.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && word.start - last.end < pauseS) {
      last.end = Math.max(last.end, word.end);
      last.to = index + 1;
    } else runs.push({ start: word.start, end: word.end, from: index, to: index + 1 });
  }
  // A run needs time for words; what has none joins its neighbour.
  const lasting = runs.filter((run) => run.end - run.start > 1e-3);
  return lasting.length > 0 ? lasting : [{ start, end, from: 0, to: words.length }];
}

interface DivideContext {
  readonly sentence: Sentence;
  readonly language: string;
  readonly alignment: readonly (readonly [number, number])[];
}

/** For each pause of the source the piece that begins after it; pauses for which no piece is left have none. */
function divide(
  pieces: readonly Piece[],
  runs: readonly Run[],
  { sentence, language, alignment }: DivideContext,
): readonly number[] {
  const source = sharesOf(sentence.words);
  const target = sharesOf(pieces);
  const valid = alignment.filter(
    ([from, to]) => sentence.words[from] !== undefined && pieces[to] !== undefined,
  );
  const cuts: number[] = [];
  for (const [index, run] of runs.entries()) {
    if (index === 0) continue;
    const left = runs.length - index;
    const least = (cuts.at(-1) ?? 0) + 1;
    let best = { at: least, points: Infinity };
    for (let at = least; at <= pieces.length - left; at++) {
      const end = punctuationEnd({
        word: pieces[at - 1]?.text ?? '',
        next: pieces[at]?.text ?? '',
        language,
      });
      const crossed = valid.filter(([from, to]) => from < run.from !== to < at).length;
      const points =
        Math.abs((target[at] ?? 1) - (source[run.from] ?? 1)) * divisionWeights.distance +
        (end === 'none' ? divisionWeights.insideClause : 0) +
        (crossed / Math.max(1, valid.length)) * divisionWeights.crossing;
      if (points < best.points) best = { at, points };
    }
    if (best.points < Infinity) cuts.push(best.at);
  }
  return cuts;
}

/** How much of the text, from 0 to 1, stands before each piece. */
function sharesOf(pieces: readonly (Piece | SentenceWord)[]): readonly number[] {
  const total = pieces.reduce((sum, piece) => sum + weightOf(piece), 0);
  let before = 0;
  return pieces.map((piece) => {
    const share = before / total;
    before += weightOf(piece);
    return share;
  });
}

function weightOf({ text, spaced }: Piece): number {
  return widthOf(text) + (spaced ? 1 : 0.5);
}

/** The pieces from cut to cut with the time of their runs; fewer pieces than runs take the time of several. */
function partsOf(cuts: readonly number[], count: number, runs: readonly Run[]): readonly Run[] {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return [];
  if (cuts.length < runs.length - 1)
    return [{ from: 0, to: count, start: first.start, end: last.end }];
  return runs.map(({ start, end }, index) => {
    return { from: cuts[index - 1] ?? 0, to: cuts[index] ?? count, start, end };
  });
}

function spread(
  pieces: readonly Piece[],
  { start, end }: { readonly start: number; readonly end: number },
): readonly Omit<Word, 'probability'>[] {
  const shares = sharesOf(pieces);
  const at = (share: number | undefined): number => start + (end - start) * (share ?? 1);
  return pieces.map(({ text }, index) => {
    const to = index + 1 < shares.length ? at(shares[index + 1]) : end;
    return { word: text, start: at(shares[index]), end: to };
  });
}
