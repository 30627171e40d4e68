import { isAbbreviation } from './abbreviations.js';
import { localeOf } from './locale.js';

/** A sentence of a line, and what stood between it and the next. */
export interface SplitSentence {
  readonly text: string;
  readonly gap: string;
}

/**
 * The sentences of a text, by the rules of Unicode for its language, with care for abbreviations,
 * initials and what goes on in lower case. Their texts and gaps make up the text again.
 */
export function splitSentences(text: string, language: string): readonly SplitSentence[] {
  const segmenter = segmenterFor(language);
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = parts.at(-1);
    if (last !== undefined && goesOn(last, segment, language))
      parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts.map((part) => {
    const body = part.trimEnd();
    return { text: body, gap: part.slice(body.length) };
  });
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known !== undefined) return known;
  const made = new Intl.Segmenter(localeOf(language), { granularity: 'sentence' });
  segmenters.set(language, made);
  return made;
}

/** Whether a sentence that seems to be over goes on in the next part. */
function goesOn(before: string, next: string, language: string): boolean {
  const body = before.trimEnd();
  // An opening mark may stand before the letter.
  const small = /^[\s"'“‘«([¿¡-]*\p{Ll}/u.test(next);
  if (small && !/[!?。！？।]["'”’»)\]]*$/u.test(body)) return true;
  const word = /([\p{L}\p{M}\p{N}.]+)\.$/u.exec(body)?.[1];
  return word !== undefined && isAbbreviation({ word, next: next.trimStart(), language });
}
