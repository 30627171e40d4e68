import type { z } from 'zod';
import { dryRunOptionsSchema, generalOptionsSchema, jobOptionsSchema } from '../options/general.js';
import { jobRunSchemas } from '../options/job-runs.js';
import { outputOptionsSchema } from '../options/output.js';
import { transcribeJobSchema, type pipelineOptionsSchema } from '../options/pipeline.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { NewJob } from '../pipeline/job.js';
import { checkModels, verdict } from './check-models.js';
import { downloadsOf } from './downloads.js';
import { filmNamesEngine } from './film-names-engine.js';
import type { JobModels } from './job-models.js';
import type { EventContext, RunEnd } from './run-events.js';
import type { PipelineWork } from './run-jobs.js';
import { withPipeline, type JobRunValues } from './with-pipeline.js';

/** What a command makes jobs of. */
export interface MediaJobs extends Pick<NewJob, 'workflow' | 'options'> {
  readonly models: JobModels;
  readonly recognizer: RecognizerOptions & { readonly download: 'auto' | 'never' };
  readonly tmdb: ParsedTmdbOptions;
  readonly pipeline: z.output<typeof pipelineOptionsSchema>;
  /** How the run is watched, logged and told of. */
  readonly settings: JobRunValues;
  /** Where results go, and which they are. */
  readonly work: Omit<PipelineWork, keyof EventContext | 'several' | 'changesOptions'>;
}

/** Makes a job of each file and runs it; the jobs share their models. */
export async function runMediaJobs(
  media: readonly string[],
  jobs: MediaJobs,
  context: EventContext,
): Promise<RunEnd> {
  const { workflow, options = {}, recognizer, tmdb, pipeline: selected, settings, work } = jobs;
  const refused = await checkModels({ media, ...jobs, selected }, context);
  const { runMedia } = await import('./run-jobs.js');
  const { context: load } = downloadsOf(recognizer, context);
  const engines = await filmNamesEngine({ recognizer, tmdb }, context);
  const job = (file: string): NewJob => ({ workflow, input: file, options });
  const wish = { jobsDir: selected.jobsDir, load, engines, settings, dryRun: work.dryRun };
  return withPipeline(wish, context, async ({ pipeline, ...heard }) => {
    const changesOptions = changesStages(context);
    const all = { ...context, ...work, ...heard, changesOptions, several: media.length > 1 };
    const end = await runMedia(media, all, { pipeline, job, options: selected });
    return work.dryRun ? verdict(end, refused, context) : end;
  });
}

const besideStages = new Set(
  [
    transcribeJobSchema,
    outputOptionsSchema.pick({ outputDir: true, overwrite: true }),
    generalOptionsSchema,
    dryRunOptionsSchema,
    jobOptionsSchema,
    ...Object.values(jobRunSchemas),
  ].flatMap(({ shape }) => Object.keys(shape)),
);

/** True where the command line itself, or a job file, sets something that stages work by. */
function changesStages({ configuration }: EventContext): boolean {
  return [...configuration.origins].some(
    ([path, { kind }]) =>
      (kind === 'flag' || kind === 'job') && !besideStages.has(path.split('.')[0] ?? ''),
  );
}
