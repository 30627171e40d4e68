import type { z } from 'zod';
import type { pipelineOptionsSchema } from '../options/pipeline.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { NewJob } from '../pipeline/job.js';
import { downloadsOf } from './downloads.js';
import { filmNamesEngine } from './film-names-engine.js';
import { startLog } from './library.js';
import type { EventContext, RunEnd } from './run-events.js';
import type { PipelineWork } from './run-jobs.js';

/** What a command makes jobs of. */
export interface MediaJobs extends Pick<NewJob, 'workflow' | 'options'> {
  readonly recognizer: RecognizerOptions & { readonly download: 'auto' | 'never' };
  readonly tmdb: ParsedTmdbOptions;
  readonly pipeline: z.output<typeof pipelineOptionsSchema>;
  /** Where results go, and which they are. */
  readonly work: Omit<PipelineWork, keyof EventContext | 'several'>;
}

/** Makes a job of each file and runs it; the jobs share their models. */
export async function runMediaJobs(
  media: readonly string[],
  { workflow, options = {}, recognizer, tmdb, pipeline: selected, work }: MediaJobs,
  context: EventContext,
): Promise<RunEnd> {
  const [{ Pipeline }, { runMedia }] = await Promise.all([
    import('../pipeline/pipeline.js'),
    import('./run-jobs.js'),
  ]);
  await startLog(context.general);
  const { context: load } = downloadsOf(recognizer, context);
  const engines = await filmNamesEngine({ recognizer, tmdb }, context);
  const pipeline = new Pipeline({ jobsDir: selected.jobsDir, load, engines });
  const job = (file: string): NewJob => ({ workflow, input: file, options });
  try {
    const all = { ...context, ...work, several: media.length > 1 };
    return await runMedia(media, all, { pipeline, job, options: selected });
  } finally {
    context.reporter.done();
    await pipeline.close();
  }
}
