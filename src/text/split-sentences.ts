/** A sentence of a line, and what stood between it and the next. */
export interface SplitSentence {
  readonly text: string;
  readonly gap: string;
}

// Words before a full stop that ends no sentence, in lower case.
const abbreviations = new Set(
  (
    'mr mrs ms mx dr prof rev hon st sr jr gen col capt lt sgt maj gov sen rep pres vs etc no nos vol ' +
    'fig pp ed eds al cf ca approx dept est inc ltd co corp bros mt ft ave blvd jan feb apr jun jul ' +
    'aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun e.g i.e a.m p.m u.s u.k ' +
    'sra srta ud uds dra lic ing pág núm mme mlle mm bzw usw ca evtl ggf inkl str nr tel hr fr abs ' +
    'z.b d.h u.a o.ä v.a sig sigg dott ecc es avv ing op bl tzn tzw np itd itp г ул им т.е т.д т.п'
  ).split(' '),
);

/**
 * The sentences of a text, by the rules of Unicode for its language, with care for abbreviations,
 * initials and what goes on in lower case. Their texts and gaps make up the text again.
 */
export function splitSentences(text: string, locale: string): readonly SplitSentence[] {
  const segmenter = segmenterFor(locale);
  const parts: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const last = parts.at(-1);
    if (last !== undefined && goesOn(last, segment)) parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts.map((part) => {
    const body = part.trimEnd();
    return { text: body, gap: part.slice(body.length) };
  });
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(locale: string): Intl.Segmenter {
  const known = segmenters.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.Segmenter(locale, { granularity: 'sentence' });
  segmenters.set(locale, made);
  return made;
}

/** Whether a sentence that seems to be over goes on in the next part. */
function goesOn(before: string, next: string): boolean {
  const body = before.trimEnd();
  // An opening mark may stand before the letter.
  if (/^[\s"'“‘«([¿¡-]*\p{Ll}/u.test(next) && !/[!?。！？।]["'”’»)\]]*$/u.test(body)) return true;
  if (!body.endsWith('.')) return false;
  const word = /([\p{L}.]+)\.$/u.exec(body)?.[1] ?? '';
  const initial = /^\p{Lu}$/u.test(word) || /^(\p{L}\.)+\p{L}$/u.test(word);
  return initial || abbreviations.has(word.toLowerCase());
}
