import { z } from 'zod';

/** Of which film or series the names are asked for; part of a job's options as `tmdb`. */
export const tmdbOptionsSchema = z.strictObject({
  title: z
    .string()
    .min(1, 'is empty; give a title or leave it out')
    .max(300)
    .optional()
    .describe('Title that is looked up in TMDB for the names of cast and crew. Unset: none is')
    .meta({ group: 'TMDB' }),
  year: z
    .int32()
    .min(1870)
    .max(2200)
    .optional()
    .describe('Year of the first showing, where several have the title. Unset: any')
    .meta({ group: 'TMDB' }),
  id: z
    .int32()
    .min(1)
    .optional()
    .describe("TMDB's own number of it, in the place of a title. Unset: the title is looked up")
    .meta({ group: 'TMDB' }),
  kind: z
    .enum(['movie', 'tv'])
    .default('movie')
    .describe('movie: a film; tv: a series')
    .meta({ group: 'TMDB' }),
  mostNames: z
    .int32()
    .min(1)
    .max(1000)
    .default(40)
    .describe('Names taken at most: characters first, then cast, then crew')
    .meta({ group: 'TMDB' }),
  endpoint: z
    .string()
    .refine((value) => /^https?:\/\/[^\s/?#]+/iu.test(value) && URL.canParse(value), {
      message: 'is no address; expected https://host/3',
    })
    .default('https://api.themoviedb.org/3')
    .describe("Address of TMDB's interface, or of a proxy that serves the same paths")
    .meta({ group: 'TMDB' }),
  cacheDays: z
    .int32()
    .min(0)
    .max(3650)
    .default(30)
    .describe('Days for which an answer is kept and not asked for again; 0: always ask')
    .meta({ group: 'TMDB' }),
});

/** Options of the look-up, every one of them optional. */
export type TmdbOptions = z.input<typeof tmdbOptionsSchema>;
/** {@link TmdbOptions} with every default filled in. */
export type ParsedTmdbOptions = z.output<typeof tmdbOptionsSchema>;
