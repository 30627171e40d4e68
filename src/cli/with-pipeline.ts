import type { FlagValues } from './flags.js';
import type { jobRunSchemas } from '../options/job-runs.js';
import type { Pipeline, PipelineOptions } from '../pipeline/pipeline.js';
import { endWithout } from './end-without.js';
import { askedLog } from './log.js';
import { noticesOf, type Notices } from './notices.js';
import { tell, type EventContext } from './run-events.js';
import { runWatch, type RunWatch } from './server-package.js';

/** The options of a run of jobs, parsed. */
export type JobRunValues = FlagValues<typeof jobRunSchemas>;

/** What runs jobs, and who hears of them. */
export interface JobRun {
  readonly pipeline: Pipeline;
  readonly watch: RunWatch | undefined;
  readonly notices: Notices | undefined;
}

/**
 * Works with a pipeline, its log, its metrics and traces, and whoever is told of failures; all of
 * them are closed when this settles.
 */
export async function withPipeline<T>(
  { settings, dryRun, ...options }: PipelineWish,
  context: EventContext,
  work: (run: JobRun) => Promise<T>,
): Promise<T> {
  const { Pipeline } = await import('../pipeline/pipeline.js');
  const { faults, metrics, tracing, log } = settings;
  const watch = await runWatch({ ...metrics, ...tracing });
  const { logger, closeLog } = await askedLog(context, log);
  const notices = dryRun ? undefined : await noticesOf(settings, context);
  const pipeline = new Pipeline({ ...options, logger, faults });
  try {
    return await work({ pipeline, watch, notices });
  } finally {
    context.reporter.done();
    await notices?.close();
    await pipeline.close();
    await leaveMetrics(watch, context);
    await closeLog();
    endWithout(pipeline);
  }
}

interface PipelineWish extends Pick<PipelineOptions, 'jobsDir' | 'load' | 'engines'> {
  readonly settings: JobRunValues;
  readonly dryRun: boolean;
}

/** What was computed is worth more than its metrics: that they are lost is a warning. */
async function leaveMetrics(watch: RunWatch | undefined, context: EventContext): Promise<void> {
  try {
    await watch?.close();
  } catch (error) {
    tell(context, error instanceof Error ? error.message : String(error));
  }
}
