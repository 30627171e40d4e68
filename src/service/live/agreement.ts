import type { Word } from 'cpw-native';

/** What a decode has led to. */
export interface Agreed {
  /** Words that will not change any more. */
  readonly stable: readonly Word[];
  /** Words of the last decode that the next one may change. */
  readonly unstable: readonly Word[];
}

/**
 * LocalAgreement-2: a word is final once two successive decodes of the growing audio agree on it
 * and on all before it. Dominik Macháček, Raj Dabre, Ondřej Bojar: Turning Whisper into Real-Time
 * Transcription System (IJCNLP-AACL 2023, system demonstrations), after Liu, Spanakis, Niehues
 * (Interspeech 2020).
 */
export class Agreement {
  #stable: readonly Word[] = [];
  #unstable: readonly Word[] = [];

  /** Takes the words of a decode that began where the earlier ones did. */
  add(words: readonly Word[]): Agreed {
    const rest = words.slice(lengthOfStable(this.#stable, words));
    const same = commonPrefix(this.#unstable, rest);
    this.#stable = [...this.#stable, ...rest.slice(0, same)];
    this.#unstable = rest.slice(same);
    return { stable: this.#stable, unstable: this.#unstable };
  }

  /**
   * The words of a stretch of speech that has ended at `endS`, by its last decode. What was said to
   * be final stays; where the decode has the same words, its spelling is taken, since that knows the
   * whole sentence. Words behind the end are kept for the stretch that follows.
   */
  finish(words: readonly Word[], endS: number): readonly Word[] {
    const stable = this.#stable.filter(({ start }) => start < endS);
    const length = lengthOfStable(stable, words);
    const begin = words.slice(0, length);
    const respelled = length === stable.length && commonPrefix(stable, begin) === length;
    this.#stable = this.#stable.slice(stable.length);
    this.#unstable = [];
    return [...(respelled ? begin : stable), ...words.slice(length)];
  }
}

/** How many of two texts' first words are the same but for case and punctuation. */
function commonPrefix(one: readonly Word[], other: readonly Word[]): number {
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at += 1) {
    if (letters(one[at]) !== letters(other[at])) return at;
  }
  return most;
}

/** How many of a decode's first words say what `stable` says: the beginning with the fewest edits. */
function lengthOfStable(stable: readonly Word[], words: readonly Word[]): number {
  let row = Array.from({ length: words.length + 1 }, (_, at) => at);
  for (const [at, word] of stable.entries()) {
    const next = [at + 1];
    for (const [column, other] of words.entries()) {
      const changed = (row[column] ?? 0) + (letters(word) === letters(other) ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  // Of several that are as good, the one nearest to the length of what is known.
  return row.reduce((best, edits, length) => {
    const found = row[best] ?? Infinity;
    const nearer = Math.abs(length - stable.length) < Math.abs(best - stable.length);
    return edits < found || (edits === found && nearer) ? length : best;
  }, 0);
}

function letters(word: Word | undefined): string {
  return (word?.word ?? '').toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '');
}
