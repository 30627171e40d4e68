/** Other codes and names of a language: ISO 639-2 and -3, retired codes, regions. */
export const aliasTable: Readonly<Record<string, string>> = {
  no: 'nb',
  nor: 'nb',
  jw: 'jv',
  iw: 'he',
  in: 'id',
  ji: 'yi',
  fil: 'tl',
  mo: 'ro',
  sh: 'hr',
  ara: 'ar',
  arb: 'ar',
  aze: 'az',
  azj: 'az',
  aym: 'ay',
  ayr: 'ay',
  cmn: 'zh',
  zho: 'zh',
  chi: 'zh',
  'zh-cn': 'zh',
  'zh-sg': 'zh',
  'zh-hans': 'zh',
  'zh-tw': 'zh-hant',
  'zh-hk': 'zh-hant',
  'zh-mo': 'zh-hant',
  'zh-yue': 'yue',
  fas: 'fa',
  per: 'fa',
  ful: 'ff',
  khk: 'mn',
  mon: 'mn',
  kmr: 'ku',
  kur: 'ku',
  lav: 'lv',
  lvs: 'lv',
  mlg: 'mg',
  msa: 'ms',
  may: 'ms',
  zsm: 'ms',
  nep: 'ne',
  npi: 'ne',
  ori: 'or',
  ory: 'or',
  orm: 'om',
  gaz: 'om',
  pus: 'ps',
  pbt: 'ps',
  que: 'qu',
  quy: 'qu',
  sqi: 'sq',
  alb: 'sq',
  als: 'sq',
  swa: 'sw',
  swh: 'sw',
  uzb: 'uz',
  uzn: 'uz',
  yid: 'yi',
  ydd: 'yi',
  ger: 'de',
  fre: 'fr',
  dut: 'nl',
  gre: 'el',
  cze: 'cs',
  slo: 'sk',
  rum: 'ro',
  bur: 'my',
  geo: 'ka',
  ice: 'is',
  mac: 'mk',
  mao: 'mi',
  tib: 'bo',
  wel: 'cy',
  baq: 'eu',
  arm: 'hy',
  kok: 'gom',
  twi: 'tw',
  ns: 'nso',
  'mni-beng': 'mni',
  chinese: 'zh',
  mandarin: 'zh',
  flemish: 'nl',
  farsi: 'fa',
  burmese: 'my',
  castilian: 'es',
  valencian: 'ca',
  moldavian: 'ro',
  norwegian: 'nb',
  panjabi: 'pa',
  sinhalese: 'si',
  haitian: 'ht',
  filipino: 'tl',
  uighur: 'ug',
  meitei: 'mni',
  konkani: 'gom',
};

/** Whisper's codes where ours is another; Norwegian is one language to it. */
export const whisperOnly: Readonly<Record<string, string>> = { nb: 'no', jv: 'jw' };

/** The languages of Whisper's multilingual models (large-v3 knows yue as well), by its codes. */
export const whisperCodes: readonly string[] = (
  'af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi ' +
  'hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn ' +
  'no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi ' +
  'yi yo yue zh'
).split(' ');

/** M2M-100's codes where ours is another. */
export const m2mOnly: Readonly<Record<string, string>> = { nb: 'no', nso: 'ns' };

/** The languages of M2M-100, by its codes. */
export const m2mCodes: readonly string[] = (
  'af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he ' +
  'hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl ' +
  'no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh ' +
  'yi yo zh zu'
).split(' ');

/** The 22 languages of IndicTrans2, of which three have two scripts, and English. */
export const indicTrans2Codes: readonly string[] = (
  'asm_Beng ben_Beng brx_Deva doi_Deva eng_Latn gom_Deva guj_Gujr hin_Deva kan_Knda kas_Arab ' +
  'kas_Deva mai_Deva mal_Mlym mar_Deva mni_Beng mni_Mtei npi_Deva ory_Orya pan_Guru san_Deva ' +
  'sat_Olck snd_Arab snd_Deva tam_Taml tel_Telu urd_Arab'
).split(' ');

/**
 * Languages that are written with another script too, by ours of their codes. A model whose name of
 * the language says no script may write either.
 */
export const severalScripts: ReadonlySet<string> = new Set(
  'az bs ha jv kk ks ku ky mn ms pa sd sr su tg tk tt ug uz zh yue'.split(' '),
);
