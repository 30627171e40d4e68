import { tmdbOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage, type AnyStage } from './stage.js';

/** Finds the names of a film's cast and crew: a table as `glossary/names.tsv` is one. */
export type FindNames = (
  title: string,
  context: {
    readonly year?: number | undefined;
    readonly signal: AbortSignal;
    readonly onNote: (text: string) => void;
  },
) => Promise<string>;

/** Names of cast and crew. The job goes on without them where they cannot be had. */
export function tmdbStage(findNames: FindNames): AnyStage {
  return defineStage({
    id: 'tmdb',
    version: 1,
    inputs: {},
    outputs: { names: artefacts.names },
    options: tmdbOptionsSchema,
    condition: ({ options }) => (options.title === undefined ? 'no title was given' : undefined),
    run: async ({ options, outputs, signal, warn }) => {
      const { title = '', year } = options;
      const table = await findNames(title, { year, signal, onNote: warn });
      await outputs.names.write('names.tsv', table);
    },
  });
}
