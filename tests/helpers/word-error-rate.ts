/** Errors between two texts, counted in words. */
export interface WordErrors {
  readonly errors: number;
  readonly words: number;
}

const spelled: Readonly<Record<string, string>> = {
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  st: 'saint',
};
const small = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
  'fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/**
 * Levenshtein distance in words after normalising both texts: lower case, no punctuation, numbers
 * and titles spelt out, since Whisper writes "1813" where the reference says "eighteen thirteen".
 */
export function wordErrors(reference: string, hypothesis: string): WordErrors {
  const expected = normalizedWords(reference);
  const found = normalizedWords(hypothesis);
  let row = Array.from({ length: found.length + 1 }, (_, i) => i);
  for (const [i, word] of expected.entries()) {
    const next = [i + 1];
    for (const [j, other] of found.entries()) {
      const substituted = at(row, j) + (word === other ? 0 : 1);
      next.push(Math.min(substituted, at(row, j + 1) + 1, at(next, j) + 1));
    }
    row = next;
  }
  return { errors: at(row, found.length), words: expected.length };
}

/** Errors by words, 0 for an empty reference that was met. */
export function wordErrorRate({ errors, words }: WordErrors): number {
  return words === 0 ? (errors === 0 ? 0 : 1) : errors / words;
}

/** The sum of several counts. */
export function sumOf(counts: readonly WordErrors[]): WordErrors {
  return {
    errors: counts.reduce((sum, one) => sum + one.errors, 0),
    words: counts.reduce((sum, one) => sum + one.words, 0),
  };
}

export function normalizedWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/['’]/gu, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .flatMap((word) => (/^\d{1,4}$/u.test(word) ? spell(Number(word)) : [spelled[word] ?? word]))
    .filter((word) => word !== '');
}

/** Years as they are read aloud: 1813 is eighteen thirteen. */
function spell(value: number): readonly string[] {
  if (value < 20) return [small[value] ?? ''];
  if (value < 100)
    return [tens[Math.floor(value / 10)] ?? '', ...(value % 10 ? spell(value % 10) : [])];
  if (value < 1_000)
    return [
      ...spell(Math.floor(value / 100)),
      'hundred',
      ...(value % 100 ? spell(value % 100) : []),
    ];
  if (value % 1_000 < 100)
    return [
      ...spell(Math.floor(value / 1_000)),
      'thousand',
      ...(value % 1_000 ? spell(value % 1_000) : []),
    ];
  return [...spell(Math.floor(value / 100)), ...(value % 100 ? spell(value % 100) : ['hundred'])];
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
