import { iso6392 } from 'iso-639-2';
import { CpwError } from '../errors.js';

/** One language as the containers write it. */
export interface LanguageTags {
  /** BCP 47 in its canonical form, e.g. `pt-BR`. */
  readonly bcp47: string;
  /** ISO 639-2/T, e.g. `fra`: what MP4 and MOV ask for. ISO 639-3 where 639-2 has nothing. */
  readonly terminologic: string;
  /** ISO 639-2/B, e.g. `fre`: what Matroska and WebM ask for. */
  readonly bibliographic: string;
  /**
   * What ffmpeg takes for QuickTime, whose own list mixes both and has half of the languages: where
   * this one is not in it, ffmpeg 5.1 writes none.
   */
  readonly quicktime: string;
}

/** Of the languages with two codes those that QuickTime's list has under the terminologic one. */
const quicktimeTerminologic = new Set(['ces', 'fra', 'ron', 'slk']);

const rows = new Map(
  iso6392.flatMap((row) => {
    const { iso6391, iso6392B, iso6392T = iso6392B } = row;
    return [iso6391, iso6392B, iso6392T].map((code) => [code, { iso6392B, iso6392T }] as const);
  }),
);

/**
 * The tags of a language given as BCP 47, ISO 639-1, 639-2 or 639-3, or as NLLB writes it
 * (`hin_Deva`). Throws CPW_UNSUPPORTED_LANGUAGE for what is no language code.
 */
export function languageTags(language: string): LanguageTags {
  const locale = localeOf(language);
  const found = rows.get(locale.language);
  const terminologic = found?.iso6392T ?? locale.language;
  const bibliographic = found?.iso6392B ?? locale.language;
  const quicktime = quicktimeTerminologic.has(terminologic) ? terminologic : bibliographic;
  return { bcp47: locale.toString(), terminologic, bibliographic, quicktime };
}

/** A language's own name with a capital, e.g. `Español`; its code where Unicode knows no name. */
export function languageTitle(language: string): string {
  const { bcp47 } = languageTags(language);
  const name = new Intl.DisplayNames([bcp47], { type: 'language' }).of(bcp47) ?? bcp47;
  const [first = '', ...rest] = name;
  return `${first.toLocaleUpperCase(bcp47)}${rest.join('')}`;
}

function localeOf(language: string): Intl.Locale {
  try {
    const locale = plain(new Intl.Locale(language.trim().replaceAll('_', '-')));
    // Containers have room for three letters, and know no language without a code of its own.
    if (rows.has(locale.language) || locale.language.length === 3) return locale;
  } catch {
    // No BCP 47 at all; told below.
  }
  throw new CpwError(
    'CPW_UNSUPPORTED_LANGUAGE',
    `${JSON.stringify(language)} is no language code. ` +
      'Next step: give an ISO 639 or BCP 47 code, e.g. es, hin or pt-BR.',
    { details: { language } },
  );
}

/** Without the script that everybody expects: `hi-Deva` is `hi`, and `sr-Latn` stays. */
function plain(locale: Intl.Locale): Intl.Locale {
  const { language, script, region } = locale;
  if (script === undefined || new Intl.Locale(language).maximize().script !== script) return locale;
  return new Intl.Locale([language, region].filter((part) => part !== undefined).join('-'));
}
