import type { GlossaryTerm } from './glossary.js';

/** What a recogniser is told to expect. */
export interface RecognitionHints {
  /** For the option `hotwords`; empty where there is nothing to expect. */
  readonly hotwords: string;
  readonly told: readonly GlossaryTerm[];
  /** What did not fit. */
  readonly left: readonly GlossaryTerm[];
}

/**
 * Whisper's half of its context less one mark: hotwords, prompt and text before share it, and both
 * engines cut what is longer.
 */
const mostTokens = 223;
const separator = ', ';

/**
 * The terms as hotwords, names first, as many as surely fit into the prompt beside `prompt`, the
 * initial prompt that the user gives.
 */
export function recognitionHints(
  terms: readonly GlossaryTerm[],
  { prompt = '', budget = mostTokens }: { readonly prompt?: string; readonly budget?: number } = {},
): RecognitionHints {
  const order = [...terms].toSorted((a, b) => rank(a) - rank(b));
  const told: GlossaryTerm[] = [];
  const left: GlossaryTerm[] = [];
  let free = budget - tokensAtMost(prompt);
  for (const term of order) {
    const cost = tokensAtMost(term.source) + (told.length > 0 ? 1 : 0);
    if (cost > free) left.push(term);
    else {
      told.push(term);
      free -= cost;
    }
  }
  return { hotwords: told.map(({ source }) => source).join(separator), told, left };
}

const rank = ({ kind }: GlossaryTerm): number => (kind === 'name' ? 0 : 1);

/**
 * At least the tokens that Whisper needs for a text, without its vocabulary. Its tokens are runs of
 * bytes, so no text takes more than its bytes. Latin letters take fewer: of 20,000 random words 0.6 %
 * took more than three for four letters and one, and people's names take a half to a third of that.
 */
export function tokensAtMost(text: string): number {
  const runs = text.match(/[A-Za-z]+|[^A-Za-z\s]+/gu) ?? [];
  return runs.reduce((sum, run) => sum + runTokens(run), 0);
}

function runTokens(run: string): number {
  const isLatin = /^[A-Za-z]/u.test(run);
  return isLatin ? Math.min(run.length + 1, Math.ceil((run.length * 3) / 4) + 1) : bytesOf(run);
}

// With the blank before it, which may be a token of its own.
const bytesOf = (run: string): number => Buffer.byteLength(run) + 1;
