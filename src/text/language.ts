import { CpwError } from '../errors.js';
import type { TranslationLayout } from '../types.js';
import {
  aliasTable,
  m2mOnly,
  severalScripts,
  whisperCodes,
  whisperOnly,
} from './languages/codes.js';
import { floresTable, otherTable } from './languages/flores.js';

/** A language as this package names it. */
export interface Language {
  /** ISO 639-1 where there is one, else 639-3; the script behind it where it is not the usual one. */
  readonly code: string;
  /** As FLORES-200 and NLLB name it: `eng_Latn`. */
  readonly flores: string;
  /** ISO 15924: `Latn`. */
  readonly script: string;
  /** In English. */
  readonly name: string;
}

/** Every language that some model here knows. */
export const languages: readonly Language[] = [
  ...rowsOf(floresTable),
  ...rowsOf(otherTable),
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

const byKey = new Map<string, Language>(
  languages.flatMap((language) => {
    const [iso3 = ''] = language.flores.split('_');
    const keys = [language.code, language.flores, language.flores.replace('_', '-')];
    // The usual script of a language stands for it: `ace` is ace_Latn.
    const usual = language.code.includes('-') ? [] : [iso3, `${language.code}-${language.script}`];
    return [...keys, ...usual, language.name].map((key) => [key.toLowerCase(), language] as const);
  }),
);

/**
 * The language of a code of ISO 639-1, -2 or -3, of BCP 47 (`pt-BR`, `zh-Hant`), of FLORES-200,
 * Whisper or M2M-100, or of an English name; undefined where there is none.
 */
export function findLanguage(given: string): Language | undefined {
  const key = given.trim().toLowerCase().replaceAll('__', '').replaceAll('_', '-');
  const alias = aliasTable[key];
  const found = byKey.get(alias ?? key) ?? byKey.get(given.trim().toLowerCase());
  if (found !== undefined || !key.includes('-')) return found;
  // A region says nothing more here: `pt-BR` is Portuguese.
  const [base = '', ...rest] = key.split('-');
  const regions = rest.every((part) => /^([a-z]{2}|\d{3})$/u.test(part));
  return regions ? findLanguage(base) : undefined;
}

/** {@link findLanguage} that throws CPW_UNSUPPORTED_LANGUAGE, which lists what there is. */
export function requireLanguage(given: string): Language {
  const found = findLanguage(given);
  if (found !== undefined) return found;
  const codes = languages.map(({ code }) => code).join(', ');
  throw unsupported(`'${given}' is no language that is known here`, codes, { language: given });
}

/** Whisper's code of a language; undefined where Whisper does not know it. */
export function whisperCodeOf({ code }: Language): string | undefined {
  const whisper = whisperOnly[code] ?? (code === 'zh-Hant' ? 'zh' : code);
  return whisperCodes.includes(whisper) ? whisper : undefined;
}

/** What a model calls a language, and how that is written. */
export interface ModelLanguage {
  readonly language: Language;
  /** The model's token; empty for a model of one pair. */
  readonly token: string;
  /** The one script of its texts; empty where there may be several. */
  readonly script: string;
}

/**
 * The model's token of a language. `tokens` are all that it knows; none for a model of one pair.
 * Throws CPW_UNSUPPORTED_LANGUAGE, which lists what there is.
 */
export function modelLanguage(
  given: string,
  layout: TranslationLayout,
  tokens: readonly string[],
): ModelLanguage {
  const language = languageOfToken(given, tokens) ?? requireLanguage(given);
  const script = scriptOf(language, layout);
  if (tokens.length === 0) return { language, token: '', script };
  const token = tokens.includes(given)
    ? given
    : candidates(language, layout).find((one) => tokens.includes(one));
  if (token !== undefined) return { language, token, script };
  const known = tokens.map((one) => languageOfToken(one, tokens)?.code ?? one).toSorted();
  throw unsupported(
    `The model does not know ${language.name} (${language.code})`,
    known.join(', '),
    {
      language: language.code,
    },
  );
}

function languageOfToken(given: string, tokens: readonly string[]): Language | undefined {
  return tokens.includes(given) ? findLanguage(given.replaceAll(/[<>]/gu, '')) : undefined;
}

function candidates({ code, flores, script }: Language, layout: TranslationLayout): string[] {
  const [iso3 = ''] = flores.split('_');
  if (layout === 'm2m100') return [`__${m2mOnly[code] ?? code.split('-')[0]}__`];
  if (layout === 'opus') {
    return [`${iso3}_${script}`, iso3, code, flores].map((name) => `>>${name}<<`);
  }
  return [flores];
}

/** IndicTrans2 writes most languages in Devanagari, to be put into their own script afterwards. */
function scriptOf({ code, script }: Language, layout: TranslationLayout): string {
  if (layout === 'nllb') return script;
  if (layout === 'indictrans2') {
    return ['Arab', 'Olck', 'Mtei', 'Latn'].includes(script) ? script : 'Deva';
  }
  return severalScripts.has(code) ? '' : script;
}

function unsupported(what: string, known: string, details: Record<string, unknown>): CpwError {
  return new CpwError('CPW_UNSUPPORTED_LANGUAGE', `${what}. Next step: use one of: ${known}.`, {
    details,
  });
}

function rowsOf(table: string): Language[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [flores = '', code = '', ...name] = line.split(' ');
      return { code, flores, script: flores.split('_')[1] ?? '', name: name.join(' ') };
    });
}
