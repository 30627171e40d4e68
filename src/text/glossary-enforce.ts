import { CpwError } from '../errors.js';
import type { Glossary, GlossaryTerm, LanguagePair } from './glossary.js';
import { termFinder, type TermFinder, type TermMatch } from './glossary-match.js';
import { masked, placeholderKinds, unmasked } from './glossary-placeholders.js';
import type { TermOutcome, TermUse } from './glossary-report.js';
import { inCaseOf } from './term-case.js';

/** Translates texts; one for each comes back, in their order. */
export type Translate = (texts: readonly string[]) => Promise<readonly string[]>;

/** Translations that keep to a glossary, and what became of each term. */
export interface GlossaryTranslation {
  readonly texts: readonly string[];
  readonly uses: readonly TermUse[];
}

type Match = TermMatch<GlossaryTerm>;

/** A text on its way. */
interface Sentence {
  readonly index: number;
  readonly source: string;
  readonly matches: readonly Match[];
  /** The translation without a glossary's help. */
  readonly plain: string;
  text: string;
  outcomes: readonly TermOutcome[];
  reason: string;
}

interface Run {
  readonly translate: Translate;
  readonly language: string;
  /** Finds target forms in a translation. */
  readonly finderFor: (matches: readonly Match[]) => TermFinder<string>;
}

/**
 * Translates and sees to it that terms become what the glossary says. Each text is translated as it
 * is; where a term did not come out by itself, once more with a placeholder that the model is to
 * copy; where that did not come through, the model's own rendering of the term is replaced. What is
 * still missing is told, with the translation left as the model wrote it. With `enforce: false` terms
 * are looked for and nothing is changed.
 */
export async function translateWithGlossary(
  texts: readonly string[],
  glossary: Glossary,
  options: LanguagePair & {
    readonly target: string;
    readonly translate: Translate;
    readonly enforce?: boolean;
  },
): Promise<GlossaryTranslation> {
  const { source, target } = options;
  const translate = checked(options.translate);
  const terms = glossary.terms.filter(({ targets }) => targets.length > 0);
  const find = termFinder(terms, { formOf: (term) => term.source, language: source });
  const plain = await translate(texts);
  const sentences = texts.map((text, index): Sentence => {
    const own = plain[index] ?? '';
    const base = { index, source: text, plain: own, text: own, reason: '' };
    return { ...base, matches: find(text), outcomes: [] };
  });
  const run: Run = { translate, language: target, finderFor: targetFinders(target) };
  const touched = sentences.filter(({ matches }) => matches.length > 0);
  for (const sentence of touched) sentence.outcomes = outcomesOf(sentence, sentence.plain, run);
  if (options.enforce ?? true) {
    for (const kind of placeholderKinds) await byPlaceholder(touched.filter(isOpen), kind, run);
    await byReplacing(touched.filter(isOpen), run);
  }
  return { texts: sentences.map(({ text }) => text), uses: touched.flatMap(usesOf) };
}

/** A translator that loses a text would shift all that follow. */
function checked(translate: Translate): Translate {
  return async (texts) => {
    if (texts.length === 0) return [];
    const found = await translate(texts);
    if (found.length === texts.length) return found;
    throw new CpwError(
      'CPW_INTERNAL',
      `the translator gave ${found.length} translations for ${texts.length} texts`,
    );
  };
}

function targetFinders(language: string): Run['finderFor'] {
  return (matches) => {
    const forms = new Set(matches.flatMap(({ term }) => term.targets));
    return termFinder([...forms], { formOf: (form) => form, language });
  };
}

const isOpen = ({ outcomes }: Sentence): boolean => outcomes.includes('missing');

/** Which of a sentence's terms stand in a text; each place in it serves one term. */
function outcomesOf({ matches }: Sentence, text: string, run: Run): readonly TermOutcome[] {
  const free = run
    .finderFor(matches)(text)
    .map(({ term }) => term);
  return matches.map(({ term }) => {
    const at = free.findIndex((form) => term.targets.includes(form));
    if (at < 0) return 'missing';
    free.splice(at, 1);
    return 'model';
  });
}

async function byPlaceholder(
  open: readonly Sentence[],
  kind: (index: number) => string,
  { translate, language }: Run,
): Promise<void> {
  const tried = open.flatMap((sentence) => {
    const text = masked(sentence.source, sentence.matches, kind);
    return text === undefined ? [] : [{ sentence, text }];
  });
  const found = await translate(tried.map(({ text }) => text));
  for (const [index, { sentence }] of tried.entries()) {
    const marks = sentence.matches.map((match, at) => ({
      mark: kind(at),
      target: targetOf(match, language),
    }));
    const result = unmasked(found[index] ?? '', marks, sentence);
    if ('reason' in result) sentence.reason = result.reason;
    else {
      sentence.text = result.text;
      sentence.outcomes = sentence.matches.map(() => 'placeholder');
    }
  }
}

/** Replaces what the model makes of a term alone, or the term itself where the model copied it. */
async function byReplacing(open: readonly Sentence[], run: Run): Promise<void> {
  const missing = open.flatMap(({ matches, outcomes }) =>
    matches.filter((_, index) => outcomes[index] === 'missing'),
  );
  const asked = [...new Set(missing.map(({ found }) => found))];
  const answers = await run.translate(asked);
  const renderings = new Map(asked.map((found, index) => [found, bare(answers[index] ?? '')]));
  for (const sentence of open) {
    let { text, outcomes } = sentence;
    for (const [index, match] of sentence.matches.entries()) {
      if (outcomes[index] !== 'missing') continue;
      const forms = [renderings.get(match.found) ?? '', match.found];
      const { language } = run;
      const next = withReplaced(text, forms, { target: targetOf(match, language), language });
      if (next === undefined) continue;
      text = next;
      outcomes = outcomes.with(index, 'replaced');
    }
    const next = { text, outcomes };
    if (keepsAll(sentence, next, run)) Object.assign(sentence, next);
    sentence.reason ||= 'no placeholder could be used';
    sentence.reason += ', and what the model makes of the term alone does not stand in the text';
  }
}

/** A replacement must not have destroyed another term. */
function keepsAll(
  sentence: Sentence,
  next: Pick<Sentence, 'text' | 'outcomes'>,
  run: Run,
): boolean {
  const there = outcomesOf(sentence, next.text, run);
  return next.outcomes.every((one, index) => one === 'missing' || there[index] !== 'missing');
}

/** The text with the first of the forms that stands in it replaced; undefined where none does. */
function withReplaced(
  text: string,
  forms: readonly string[],
  { target, language }: { readonly target: string; readonly language: string },
): string | undefined {
  for (const form of forms) {
    if (form === '' || form.toLowerCase() === target.toLowerCase()) continue;
    // In lower case: a term that is translated alone begins with a capital, as a sentence does.
    const find = termFinder([form.toLowerCase()], { formOf: (one) => one, language });
    const [place] = find(text);
    if (place) return text.slice(0, place.start) + target + text.slice(place.end);
  }
  return undefined;
}

/** A rendering without what belongs to a sentence. */
function bare(rendering: string): string {
  return rendering.trim().replace(/[.!?।。…]+$/u, '');
}

function targetOf({ term, found }: Match, language: string): string {
  return inCaseOf(term.targets[0] ?? '', { found, source: term.source, language });
}

function usesOf({ index, matches, outcomes, reason }: Sentence): readonly TermUse[] {
  return matches.map(({ term, found, start }, at) => {
    const outcome = outcomes[at] ?? 'missing';
    const use = { text: index, term, found, start, outcome };
    if (outcome !== 'missing') return use;
    return { ...use, reason: reason === '' ? 'the model translated it otherwise' : reason };
  });
}
