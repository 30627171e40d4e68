import { tmdbStageOptionsSchema } from '../options/stages.js';
import { formatNames } from '../text/names-tsv.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/** Names of characters, cast and crew. The job goes on without them where they cannot be had. */
export const tmdb = defineStage({
  id: 'tmdb',
  version: 1,
  inputs: {},
  outputs: { names: artefacts.names },
  options: tmdbStageOptionsSchema,
  condition: ({ options, engines }) => {
    const { title, id } = options.film;
    if (title === undefined && id === undefined) return 'no title was given';
    return engines.filmNames === undefined ? 'no key for TMDB was given' : undefined;
  },
  run: async ({ options, outputs, engines, signal, warn }) => {
    const { film, languages } = options;
    const found = await engines.filmNames?.(film, { languages, signal });
    for (const warning of found?.warnings ?? []) warn(warning);
    if (found === undefined || found.names.length === 0) return { skipped: 'no names were found' };
    await outputs.names.write('names.tsv', formatNames(found.names));
    return undefined;
  },
});
