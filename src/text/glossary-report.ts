import type { Glossary, GlossaryTerm } from './glossary.js';

/**
 * How a term came into a translation: the model wrote it itself, it came through as a placeholder,
 * the model's own rendering was replaced, or it is missing.
 */
export type TermOutcome = 'model' | 'placeholder' | 'replaced' | 'missing';

/** What became of one term at one place. */
export interface TermUse {
  /** Which of the texts, counted from 0. */
  readonly text: number;
  readonly term: GlossaryTerm;
  /** As it stands in the source text, and from which unit on. */
  readonly found: string;
  readonly start: number;
  readonly outcome: TermOutcome;
  /** Why it is missing. */
  readonly reason?: string;
}

/** One term over all texts. */
export interface TermCoverage {
  readonly source: string;
  readonly target: string;
  readonly from: string;
  readonly counts: Readonly<Record<TermOutcome, number>>;
  /** Where it is missing, and why. */
  readonly missing: readonly { readonly text: number; readonly reason: string }[];
}

/** Which terms applied, where, and which did not. */
export interface CoverageReport {
  readonly found: number;
  readonly applied: number;
  /** applied / found; 1 where no term stands in the texts. */
  readonly coverage: number;
  readonly terms: readonly TermCoverage[];
  /** Terms that stand nowhere in the texts. */
  readonly unused: readonly string[];
}

/** The report of a translation. */
export function coverageReport(uses: readonly TermUse[], glossary: Glossary): CoverageReport {
  const byTerm = new Map<GlossaryTerm, TermUse[]>();
  for (const use of uses) byTerm.set(use.term, [...(byTerm.get(use.term) ?? []), use]);
  const enforced = glossary.terms.filter(({ targets }) => targets.length > 0);
  const applied = uses.filter(({ outcome }) => outcome !== 'missing').length;
  return {
    found: uses.length,
    applied,
    coverage: uses.length === 0 ? 1 : applied / uses.length,
    terms: [...byTerm].map(([term, some]) => coverageOf(term, some)),
    unused: enforced.filter((term) => !byTerm.has(term)).map(({ source }) => source),
  };
}

function coverageOf(term: GlossaryTerm, uses: readonly TermUse[]): TermCoverage {
  const count = (wanted: TermOutcome): number =>
    uses.filter(({ outcome }) => outcome === wanted).length;
  return {
    source: term.source,
    target: term.targets[0] ?? '',
    from: term.from,
    counts: {
      model: count('model'),
      placeholder: count('placeholder'),
      replaced: count('replaced'),
      missing: count('missing'),
    },
    missing: uses.flatMap(({ text, outcome, reason = '' }) =>
      outcome === 'missing' ? [{ text, reason }] : [],
    ),
  };
}
