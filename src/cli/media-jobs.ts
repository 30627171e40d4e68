import type { z } from 'zod';
import { faultOptionsSchema, type ParsedFaultOptions } from '../options/faults.js';
import { dryRunOptionsSchema, generalOptionsSchema, jobOptionsSchema } from '../options/general.js';
import { outputOptionsSchema } from '../options/output.js';
import { pipelineOptionsSchema } from '../options/pipeline.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { NewJob } from '../pipeline/job.js';
import { downloadsOf } from './downloads.js';
import { filmNamesEngine } from './film-names-engine.js';
import { endWithout } from './end-without.js';
import { startLog } from './library.js';
import type { EventContext, RunEnd } from './run-events.js';
import type { PipelineWork } from './run-jobs.js';

/** What a command makes jobs of. */
export interface MediaJobs extends Pick<NewJob, 'workflow' | 'options'> {
  readonly recognizer: RecognizerOptions & { readonly download: 'auto' | 'never' };
  readonly tmdb: ParsedTmdbOptions;
  readonly pipeline: z.output<typeof pipelineOptionsSchema>;
  readonly faults: ParsedFaultOptions;
  /** Where results go, and which they are. */
  readonly work: Omit<PipelineWork, keyof EventContext | 'several' | 'changesOptions'>;
}

/** Makes a job of each file and runs it; the jobs share their models. */
export async function runMediaJobs(
  media: readonly string[],
  { workflow, options = {}, recognizer, tmdb, pipeline: selected, faults, work }: MediaJobs,
  context: EventContext,
): Promise<RunEnd> {
  const [{ Pipeline }, { runMedia }] = await Promise.all([
    import('../pipeline/pipeline.js'),
    import('./run-jobs.js'),
  ]);
  await startLog(context.general);
  const { context: load } = downloadsOf(recognizer, context);
  const engines = await filmNamesEngine({ recognizer, tmdb }, context);
  const pipeline = new Pipeline({ jobsDir: selected.jobsDir, load, engines, faults });
  const job = (file: string): NewJob => ({ workflow, input: file, options });
  try {
    const changesOptions = changesStages(context);
    const all = { ...context, ...work, changesOptions, several: media.length > 1 };
    return await runMedia(media, all, { pipeline, job, options: selected });
  } finally {
    context.reporter.done();
    await pipeline.close();
    endWithout(pipeline);
  }
}

const besideStages = new Set([
  ...Object.keys(pipelineOptionsSchema.shape),
  ...Object.keys(outputOptionsSchema.pick({ outputDir: true, overwrite: true }).shape),
  ...Object.keys(generalOptionsSchema.shape),
  ...Object.keys(dryRunOptionsSchema.shape),
  ...Object.keys(jobOptionsSchema.shape),
  ...Object.keys(faultOptionsSchema.shape),
]);

/** True where the command line itself, or a job file, sets something that stages work by. */
function changesStages({ configuration }: EventContext): boolean {
  return [...configuration.origins].some(
    ([path, { kind }]) =>
      (kind === 'flag' || kind === 'job') && !besideStages.has(path.split('.')[0] ?? ''),
  );
}
