import { z } from 'zod';

const text = z.string().catch('');
const personSchema = z.object({ id: z.int(), name: text });

/** A search, of films or of series. */
export const searchSchema = z.object({
  results: z.array(
    z
      .object({
        id: z.int(),
        title: text,
        name: text,
        original_title: text,
        original_name: text,
        release_date: text,
        first_air_date: text,
      })
      .transform((one) => ({
        id: one.id,
        title: one.title || one.name,
        originalTitle: one.original_title || one.original_name,
        year: Number((one.release_date || one.first_air_date).slice(0, 4)) || undefined,
      })),
  ),
});
/** One result of a search. */
export type FoundTitle = z.output<typeof searchSchema>['results'][number];

/** Cast and crew, of a film or of all of a series. */
export const creditsSchema = z.object({
  cast: z.array(
    personSchema.extend({
      order: z.number().catch(1e6),
      character: text,
      roles: z.array(z.object({ character: text })).catch([]),
    }),
  ),
  crew: z.array(
    personSchema.extend({ job: text, jobs: z.array(z.object({ job: text })).catch([]) }),
  ),
});
/** Cast and crew in one language. */
export type Credits = z.output<typeof creditsSchema>;

/** Who is spoken of, of all the crew. */
const spokenOf = new Set(['Director', 'Writer', 'Screenplay', 'Creator', 'Novel', 'Characters']);

/** The characters that a member of the cast plays, without what TMDB adds to them. */
export function charactersOf({ character, roles }: Credits['cast'][number]): readonly string[] {
  const all = character === '' ? roles.map((role) => role.character) : [character];
  const names = all
    .flatMap((one) => one.replaceAll(/\([^)]*\)/gu, ' ').split('/'))
    .map((one) => one.replaceAll(/\s+/gu, ' ').trim());
  return names.filter(
    (name) => name !== '' && !/^(self|himself|herself|themselves)\b/iu.test(name),
  );
}

/** Directors and writers. */
export function crewOf({ crew }: Credits): Credits['crew'] {
  return crew.filter(
    ({ job, jobs }) => spokenOf.has(job) || jobs.some((one) => spokenOf.has(one.job)),
  );
}
