import { join } from 'node:path';
import type { TmdbClient } from '../names/tmdb-client.js';
import type { TmdbRetry } from '../names/tmdb-policy.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { Engines } from '../stages/engines.js';
import type { BreakerNews } from '../network/breaker.js';
import { sayBreaker } from './breakers.js';
import type { CommandContext } from './command.js';
import { cacheDirOf, hubOf } from './library.js';
import { secretOf } from './secrets.js';

/** What asks TMDB, with the key from the environment; nothing where no film was named. */
export async function filmNamesEngine(
  {
    recognizer,
    tmdb,
  }: { readonly recognizer: RecognizerOptions; readonly tmdb: ParsedTmdbOptions },
  { general, reporter }: Pick<CommandContext, 'general' | 'reporter'>,
): Promise<Pick<Engines, 'filmNames'>> {
  if (tmdb.title === undefined && tmdb.id === undefined) return {};
  const key = await secretOf('CPW_TMDB_KEY');
  const { httpProxy, httpsProxy, noProxy } = hubOf();
  const access = {
    key,
    cacheDir: join(cacheDirOf(recognizer), 'tmdb'),
    offline: general.offline,
    proxies: { httpProxy, httpsProxy, noProxy },
    onBreaker: (news: BreakerNews) => sayBreaker(reporter, news),
    onRetry: ({ attempt, attempts, delayMs, error }: TmdbRetry) =>
      reporter.note(
        `attempt ${attempt}/${attempts}: ${error.message} Again in ${(delayMs / 1000).toFixed(1)} s`,
      ),
  };
  // One for all files: where TMDB is down, it is left alone for a while.
  let client: TmdbClient | undefined;
  return {
    filmNames: async (film, { signal, languages }) => {
      const [{ TmdbClient: Client }, { findFilmNames }] = await Promise.all([
        import('../names/tmdb-client.js'),
        import('../names/film-names.js'),
      ]);
      client ??= new Client(film, access);
      try {
        return await findFilmNames(client, film, { languages, signal });
      } finally {
        await client.close();
      }
    },
  };
}
