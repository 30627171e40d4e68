import { primaryLanguage } from './locale.js';

/** Words before whose full stop a sentence seldom ends, in small letters, without the last stop. */
const abbreviations: Readonly<Record<string, string>> = {
  en: 'mr mrs ms mx messrs dr prof rev hon gen col maj capt cmdr lt sgt gov sen rep pres st mt ft vs dept est e.g i.e cf jan feb mar apr jun jul aug sept sep oct nov dec',
  es: 'sr sra sres srta dr dra prof profa d dña ud uds vd vds lic ing arq gral cap tte av avda p.ej ej ee.uu',
  fr: 'm mm mme mmes mlle dr pr prof me st ste p.ex ex av bd cf env éd',
  de: 'hr fr dr prof dipl ing str bzw usw evtl ggf inkl z z.b d d.h u u.a u.ä o o.ä z.t v v.a s s.o s.u vgl st geb gest',
  pt: 'sr sra srta srs dr dra prof profa d eng av r p.ex ex v.exa v.sa',
  it: 'sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa ing avv arch on st es p.es',
  hi: 'डॉ श्री श्रीमती प्रो पं सु कु मि',
};
/** Abbreviations before a number alone, whatever the language: "No. 5", but "No. I said". */
const beforeNumbers = new Set(
  'no nos nr nrn nº n n° núm num vol fig figs p pp pág págs pag pagg art arts abs chap ch cap bd tel tél ca approx aprox'.split(
    ' ',
  ),
);

// Where ordinals are written with a full stop: "am 3. Mai".
const ordinalLanguages = new Set('de cs sk pl da no nb nn fi hu hr sr sl et lv is tr'.split(' '));
/** "J." and "U.S", in all languages with capitals. */
const initials = /^\p{Lu}(\.\p{Lu})*$/u;
const ordinal = /^\d{1,2}$/u;

const tables = new Map(
  Object.entries(abbreviations).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** A word, given without the full stop after it, and what follows. */
export interface StoppedWord {
  readonly word: string;
  readonly next: string;
  readonly language: string | undefined;
}

/** True where the full stop after a word belongs to the word. */
export function isAbbreviation({ word, next, language }: StoppedWord): boolean {
  const code = primaryLanguage(language);
  const small = word.toLowerCase();
  if (initials.test(word)) return !(word === 'I' && (code === 'en' || code === ''));
  if (ordinal.test(word)) return ordinalLanguages.has(code);
  if (beforeNumbers.has(small) && /^\P{L}*\d/u.test(next)) return true;
  return (tables.get(code) ?? tables.get('en'))?.has(small) ?? false;
}
