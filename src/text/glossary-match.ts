/** A place in a text where a term stands. `start` and `end` count UTF-16 units. */
export interface TermMatch<T> {
  readonly term: T;
  readonly start: number;
  readonly end: number;
  /** As it stands there. */
  readonly found: string;
}

/** Finds the terms in a text, ascending and apart from each other. */
export type TermFinder<T> = (text: string) => readonly TermMatch<T>[];

interface Sought<T> {
  readonly term: T;
  readonly folded: string;
  /** How it may stand in a text; undefined: in any case. */
  readonly cases: ReadonlySet<string> | undefined;
}

/**
 * Makes a finder for terms of one language. A term is found at whole words alone, by Unicode's
 * rules of word boundaries; where two overlap, the longer one counts. A term in lower case is found
 * in any case, one with capitals as it is written, at a sentence's beginning, and in ALL CAPS.
 */
export function termFinder<T>(
  terms: readonly T[],
  { formOf, language }: { readonly formOf: (term: T) => string; readonly language: string },
): TermFinder<T> {
  const words = new Intl.Segmenter(language, { granularity: 'word' });
  const graphemes = new Intl.Segmenter(language, { granularity: 'grapheme' });
  const sought = terms
    .map((term) => soughtOf(term, formOf(term), graphemes))
    .filter(({ folded }) => folded.trim() !== '')
    .toSorted((a, b) => b.folded.length - a.folded.length);
  return (text) => {
    const folding = fold(text, graphemes);
    const candidates = sought.filter(({ folded }) => folding.text.includes(folded));
    if (candidates.length === 0) return [];
    const boundaries = boundariesOf(text, words, language);
    const taken: TermMatch<T>[] = [];
    for (const one of candidates) {
      for (const match of occurrences(one, text, folding)) {
        const isWhole = boundaries.has(match.start) && boundaries.has(match.end);
        if (isWhole && taken.every((other) => isApart(match, other))) taken.push(match);
      }
    }
    return taken.toSorted((a, b) => a.start - b.start);
  };
}

function soughtOf<T>(term: T, form: string, graphemes: Intl.Segmenter): Sought<T> {
  const plain = plainOf(form);
  const [first = '', ...rest] = plain;
  const capitalised = `${first.toUpperCase()}${rest.join('')}`;
  const hasCapitals = plain !== plain.toLowerCase();
  const cases = hasCapitals ? new Set([plain, capitalised, plain.toUpperCase()]) : undefined;
  return { term, folded: fold(form, graphemes).text, cases };
}

/** A text in one case, and where each of its letters stands in the original. */
interface Folding {
  readonly text: string;
  /** For each unit of the folded text: where its letter begins, -1 inside of one. */
  readonly starts: readonly number[];
}

function fold(text: string, graphemes: Intl.Segmenter): Folding {
  let folded = '';
  const starts: number[] = [];
  for (const { segment, index } of graphemes.segment(text)) {
    const letter = plainOf(segment).toLowerCase();
    // A run of white space counts as one blank.
    if (letter === ' ' && folded.endsWith(' ')) continue;
    folded += letter;
    for (let unit = 0; unit < letter.length; unit += 1) starts.push(unit === 0 ? index : -1);
  }
  starts.push(text.length);
  return { text: folded, starts };
}

/** One form of what is written in several: composed letters, one blank, one apostrophe. */
function plainOf(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').replaceAll('’', "'");
}

function* occurrences<T>(
  { term, folded, cases }: Sought<T>,
  text: string,
  { text: whole, starts }: Folding,
): Generator<TermMatch<T>> {
  for (let at = whole.indexOf(folded); at >= 0; at = whole.indexOf(folded, at + 1)) {
    const start = starts[at] ?? -1;
    const end = starts[at + folded.length] ?? -1;
    if (start < 0 || end < 0) continue;
    const found = text.slice(start, end);
    if (cases === undefined || cases.has(plainOf(found))) yield { term, start, end, found };
  }
}

function isApart(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return a.end <= b.start || b.end <= a.start;
}

/** What French and its neighbours put before a word without a blank: `l'`, `d'`, `qu'`. */
const elision = /^(?:\p{L}|qu|gl|dell|all|dall|nell|sull|jusqu|lorsqu|puisqu)['’](?=\p{L}{2})/iu;
const eliding = new Set(['fr', 'it', 'ca', 'oc']);

function boundariesOf(text: string, words: Intl.Segmenter, language: string): ReadonlySet<number> {
  const found = new Set([text.length]);
  const elides = eliding.has(new Intl.Locale(language).language);
  for (const { segment, index } of words.segment(text)) {
    found.add(index);
    // To Unicode "Kirk's" and "l'Enterprise" are one word.
    const possessive = /['’]s$/iu.exec(segment);
    if (possessive) found.add(index + possessive.index);
    const article = elides ? elision.exec(segment) : null;
    if (article) found.add(index + article[0].length);
  }
  return found;
}
