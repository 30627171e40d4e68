const locales = new Map<string, string | undefined>();

/**
 * The language as Intl takes it, `hi-Deva` of NLLB's `hin_Deva` too; undefined, which is Intl's own
 * default, for codes that are none.
 */
export function localeOf(language = ''): string | undefined {
  if (!locales.has(language)) locales.set(language, canonical(language));
  return locales.get(language);
}

/** The language without script and region: `pt` of `pt-BR` and of `por_Latn`; empty where it is unknown. */
export function primaryLanguage(language: string | undefined): string {
  return localeOf(language)?.split('-')[0] ?? '';
}

function canonical(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language.replaceAll('_', '-') || undefined)[0];
  } catch {
    return undefined;
  }
}
