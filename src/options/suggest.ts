/** The known word nearest to a mistyped one; undefined when none is near enough to be meant. */
export function suggest(mistyped: string, known: readonly string[]): string | undefined {
  const wanted = plain(mistyped);
  let best: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(wanted, plain(word));
    if (distance < (best?.distance ?? Infinity)) best = { word, distance };
  }
  // A third of the letters may differ: more than that is another word.
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  return best !== undefined && best.distance <= allowed ? best.word : undefined;
}

function plain(word: string): string {
  // Longer words cannot be near any option's name, and the distance costs their square.
  return word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_. ]/gu, '');
}

/** Levenshtein's distance, with neighbours swapped counted as one step. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        i > 1 && j > 1 && swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
