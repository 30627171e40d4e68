/** Words before whose full stop a sentence seldom ends, in small letters, without the last stop. */
const abbreviations: Readonly<Record<string, string>> = {
  en: 'mr mrs ms mx dr prof rev hon gen col maj capt cmdr lt sgt st ave blvd rd mt ft vs etc approx no vol fig eds ed pp jan feb mar apr jun jul aug sept sep oct nov dec e.g i.e cf al dept est gov sen rep pres messrs',
  es: 'sr sra srta sres dr dra prof profa d dña ud uds vd vds lic ing arq gral cap tte av avda núm num pág págs p.ej ej etc vol ee.uu aprox',
  fr: 'm mm mme mmes mlle dr pr prof me st ste p.ex ex av bd cf env etc vol chap éd art tél no',
  de: 'hr fr dr prof dipl ing nr str bzw ca usw etc evtl ggf inkl z.b d.h u.a u.ä o.ä z.t v.a s.o s.u vgl abs art bd jh st mio mrd geb gest tel',
  pt: 'sr sra srta srs dr dra prof profa d eng av r núm n pág págs p.ex ex etc vol v.exa v.sa',
  it: 'sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa ing avv arch on st ecc es p.es pag pagg vol n art cap tel',
  hi: 'डॉ श्री श्रीमती प्रो पं सु कु मि रु',
};

// Ordinals: "am 3. Mai", "3. května", "3. toukokuuta".
const ordinalLanguages = new Set([
  'de',
  'cs',
  'sk',
  'pl',
  'da',
  'no',
  'nb',
  'nn',
  'fi',
  'hu',
  'hr',
  'sr',
  'sl',
  'et',
  'lv',
  'is',
  'tr',
]);
// Known everywhere: single letters (initials, "z." of "z. B.") and letters between stops ("U.S", "e.g").
const initials = /^\p{L}$|^\p{L}(\.\p{L})+$/u;
const number = /^\d{1,2}$/u;

const tables = new Map(
  Object.entries(abbreviations).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** True where a full stop after the word belongs to the word. `word` is given without that stop. */
export function isAbbreviation(word: string, language: string | undefined): boolean {
  const code = primaryLanguage(language);
  if (initials.test(word)) return true;
  if (number.test(word)) return ordinalLanguages.has(code);
  return (tables.get(code) ?? tables.get('en'))?.has(word.toLowerCase()) ?? false;
}

/** `pt` of `pt-BR`, `por_Latn` stays: only codes of two letters have tables. */
export function primaryLanguage(language: string | undefined): string {
  return language?.toLowerCase().split(/[-_]/u)[0] ?? '';
}
