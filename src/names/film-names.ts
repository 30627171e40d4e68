import { CpwError } from '../errors.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import { isWrittenIn, type NameForms } from '../text/glossary.js';
import { languageOf } from '../text/glossary-tsv.js';
import type { TmdbClient } from './tmdb-client.js';
import {
  charactersOf,
  creditsSchema,
  crewOf,
  searchSchema,
  type Credits,
  type FoundTitle,
} from './tmdb-credits.js';

/** The names that belong to a film or a series. */
export interface FilmNames {
  /** `movie/603`; absent where it was not found. */
  readonly film?: string;
  readonly names: readonly NameForms[];
  /** What a user should know; where something failed, the job goes on with fewer names. */
  readonly warnings: readonly string[];
}

interface Context {
  /** Languages in which the names are wanted, beside English. */
  readonly languages: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Characters, cast and crew, in as many of the languages as TMDB has them. Never fails but for an
 * abort: what cannot be had is a warning.
 */
export async function findFilmNames(
  client: TmdbClient,
  options: ParsedTmdbOptions,
  context: Context,
): Promise<FilmNames> {
  const warnings: string[] = [];
  const tell = (error: unknown): void => {
    context.signal?.throwIfAborted();
    warnings.push(error instanceof Error ? error.message : String(error));
  };
  const asking = { signal: context.signal, onOld: (text: string) => void warnings.push(text) };
  const run = { client, options, asking, warnings };
  let film: string | undefined;
  try {
    const id = options.id ?? (await idOf(run));
    film = `${options.kind}/${id}`;
    const base = await creditsOf(film, 'en', run);
    const others = new Map<string, Credits>();
    const languages = context.languages.map((one) => languageOf(one) ?? one);
    for (const language of new Set(languages.filter((one) => !/^en\b/u.test(one)))) {
      // One language that fails costs its own forms alone.
      await creditsOf(film, language, run).then((found) => others.set(language, found), tell);
    }
    return { film, names: namesOf(film, base, others).slice(0, options.mostNames), warnings };
  } catch (error) {
    tell(error);
    return { ...(film === undefined ? {} : { film }), names: [], warnings };
  }
}

interface Run {
  readonly client: TmdbClient;
  readonly options: ParsedTmdbOptions;
  readonly asking: { readonly signal: AbortSignal | undefined; onOld(text: string): void };
  readonly warnings: string[];
}

async function idOf({ client, options, asking, warnings }: Run): Promise<number> {
  const { title, year, kind } = options;
  if (title === undefined) {
    throw new CpwError('CPW_INVALID_OPTIONS', 'TMDB needs a title or an id (--tmdb-title).');
  }
  const yearKey = kind === 'movie' ? 'year' : 'first_air_date_year';
  const query = { query: title, ...(year === undefined ? {} : { [yearKey]: String(year) }) };
  const question = { path: `/search/${kind}`, query, schema: searchSchema };
  const { results } = await client.get(question, asking);
  const same = results.filter((one) => isCalled(one, title));
  const chosen = same[0] ?? results[0];
  const asked = `${JSON.stringify(title)}${year === undefined ? '' : ` (${year})`}`;
  if (chosen === undefined) {
    const next = 'check the spelling and the year, or give its number (--tmdb-id)';
    const message = `TMDB knows no ${kind} called ${asked}. Next step: ${next}.`;
    throw new CpwError('CPW_INVALID_OPTIONS', message, { details: { title, year } });
  }
  if (same.length !== 1) warnings.push(choiceOf(asked, chosen, { results, kind }));
  return chosen.id;
}

function isCalled({ title, originalTitle }: FoundTitle, asked: string): boolean {
  const bare = (text: string): string =>
    text
      .normalize('NFKD')
      .replaceAll(/[^\p{L}\p{N}]/gu, '')
      .toLowerCase();
  return [title, originalTitle].some((one) => bare(one) === bare(asked));
}

function choiceOf(
  asked: string,
  chosen: FoundTitle,
  { results, kind }: { readonly results: readonly FoundTitle[]; readonly kind: string },
): string {
  const year = chosen.year === undefined ? '' : ` (${chosen.year})`;
  return (
    `TMDB has ${results.length} for ${asked}. Taken: ${JSON.stringify(chosen.title)}${year}, ` +
    `${kind} ${chosen.id}. Another one is chosen by its year or number (--tmdb-year, --tmdb-id)`
  );
}

async function creditsOf(film: string, language: string, run: Run): Promise<Credits> {
  const query = { language: tmdbLanguage(language) };
  const part = run.options.kind === 'tv' ? 'aggregate_credits' : 'credits';
  const question = { path: `/${film}/${part}`, query, schema: creditsSchema };
  return run.client.get(question, run.asking);
}

/** TMDB tells scripts apart by the country: `zh-Hant` is `zh-TW` there. */
function tmdbLanguage(code: string): string {
  const locale = new Intl.Locale(code);
  const { language, script } = locale;
  const region = locale.region ?? (script === undefined ? undefined : locale.maximize().region);
  return region === undefined ? language : `${language}-${region}`;
}

/** Characters first, since they are what is spoken of, then cast, then crew. */
function namesOf(
  film: string,
  base: Credits,
  others: ReadonlyMap<string, Credits>,
): readonly NameForms[] {
  const cast = base.cast.toSorted((a, b) => a.order - b.order);
  const characters = cast.flatMap((member) => {
    const own = charactersOf(member);
    return own.map((english, index) => {
      const forms = [...others].map(([language, { cast: some }]) => {
        const same = charactersOf(some.find(({ id }) => id === member.id) ?? noMember);
        return [language, same.length === own.length ? same[index] : undefined] as const;
      });
      return formsOf(english, forms, film);
    });
  });
  const people = [...cast, ...crewOf(base)].map(({ id, name }) => {
    const forms = [...others].map(([language, credits]) => {
      const same = [...credits.cast, ...credits.crew].find((one) => one.id === id);
      return [language, same?.name] as const;
    });
    return formsOf(name, forms, film);
  });
  const unique = new Map([...characters, ...people].map((one) => [one.forms.get('en')?.[0], one]));
  return [...unique.values()].filter(({ forms }) => forms.get('en')?.[0] !== '');
}

const noMember: Credits['cast'][number] = { id: 0, name: '', order: 0, character: '', roles: [] };

/** TMDB answers in English where it has nothing: only what is in the language's script counts. */
function formsOf(
  english: string,
  others: readonly (readonly [language: string, name: string | undefined])[],
  film: string,
): NameForms {
  const given = others.flatMap(([language, name]) =>
    name !== undefined && /\p{L}/u.test(name) && isWrittenIn(name, language)
      ? [[language, [name]] as const]
      : [],
  );
  return { forms: new Map([['en', [english]], ...given]), from: `TMDB ${film}` };
}
