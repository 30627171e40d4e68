import type { z } from 'zod';
import { faultOptionsSchema, type ParsedFaultOptions } from '../options/faults.js';
import { dryRunOptionsSchema, generalOptionsSchema, jobOptionsSchema } from '../options/general.js';
import { logOptionsSchema, type ParsedLogOptions } from '../options/log.js';
import { batchMetricsOptionsSchema, type ParsedBatchMetricsOptions } from '../options/metrics.js';
import { noticeOptionsSchema, type ParsedNoticeOptions } from '../options/notices.js';
import { outputOptionsSchema } from '../options/output.js';
import { transcribeJobSchema, type pipelineOptionsSchema } from '../options/pipeline.js';
import { reportingOptionsSchema, type ParsedReportingOptions } from '../options/reporting.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import { tracingOptionsSchema, type ParsedTracingOptions } from '../options/tracing.js';
import type { NewJob } from '../pipeline/job.js';
import { downloadsOf } from './downloads.js';
import { filmNamesEngine } from './film-names-engine.js';
import { endWithout } from './end-without.js';
import { askedLog } from './log.js';
import { noticesOf } from './notices.js';
import { tell, type EventContext, type RunEnd } from './run-events.js';
import { checkModels, verdict } from './check-models.js';
import type { JobModels } from './job-models.js';
import type { PipelineWork } from './run-jobs.js';
import { runWatch, type RunWatch } from './server-package.js';

/** What a command makes jobs of. */
export interface MediaJobs extends Pick<NewJob, 'workflow' | 'options'> {
  readonly models: JobModels;
  readonly recognizer: RecognizerOptions & { readonly download: 'auto' | 'never' };
  readonly tmdb: ParsedTmdbOptions;
  readonly pipeline: z.output<typeof pipelineOptionsSchema>;
  readonly faults: ParsedFaultOptions;
  readonly metrics: ParsedBatchMetricsOptions & ParsedTracingOptions;
  readonly log: ParsedLogOptions;
  readonly notices: ParsedNoticeOptions;
  readonly reporting: ParsedReportingOptions;
  /** Where results go, and which they are. */
  readonly work: Omit<PipelineWork, keyof EventContext | 'several' | 'changesOptions'>;
}

/** Makes a job of each file and runs it; the jobs share their models. */
export async function runMediaJobs(
  media: readonly string[],
  jobs: MediaJobs,
  context: EventContext,
): Promise<RunEnd> {
  const { workflow, options = {}, recognizer, tmdb, pipeline: selected, faults, work } = jobs;
  const refused = await checkModels({ media, ...jobs, selected }, context);
  const [{ Pipeline }, { runMedia }] = await Promise.all([
    import('../pipeline/pipeline.js'),
    import('./run-jobs.js'),
  ]);
  const watch = await runWatch(jobs.metrics);
  const { logger, closeLog } = await askedLog(context, jobs.log);
  const notices = work.dryRun ? undefined : await noticesOf(jobs, context);
  const { context: load } = downloadsOf(recognizer, context);
  const engines = await filmNamesEngine({ recognizer, tmdb }, context);
  const pipeline = new Pipeline({ jobsDir: selected.jobsDir, load, engines, logger, faults });
  const job = (file: string): NewJob => ({ workflow, input: file, options });
  try {
    const changesOptions = changesStages(context);
    const all = { ...context, ...work, notices, changesOptions, watch, several: media.length > 1 };
    const end = await runMedia(media, all, { pipeline, job, options: selected });
    return work.dryRun ? verdict(end, refused, context) : end;
  } finally {
    context.reporter.done();
    await notices?.close();
    await pipeline.close();
    await leaveMetrics(watch, context);
    await closeLog();
    endWithout(pipeline);
  }
}

/** What was computed is worth more than its metrics: that they are lost is a warning. */
export async function leaveMetrics(
  watch: RunWatch | undefined,
  context: EventContext,
): Promise<void> {
  try {
    await watch?.close();
  } catch (error) {
    tell(context, error instanceof Error ? error.message : String(error));
  }
}

const besideStages = new Set([
  ...Object.keys(transcribeJobSchema.shape),
  ...Object.keys(outputOptionsSchema.pick({ outputDir: true, overwrite: true }).shape),
  ...Object.keys(generalOptionsSchema.shape),
  ...Object.keys(dryRunOptionsSchema.shape),
  ...Object.keys(jobOptionsSchema.shape),
  ...Object.keys(faultOptionsSchema.shape),
  ...Object.keys(batchMetricsOptionsSchema.shape),
  ...Object.keys(tracingOptionsSchema.shape),
  ...Object.keys(logOptionsSchema.shape),
  ...Object.keys(noticeOptionsSchema.shape),
  ...Object.keys(reportingOptionsSchema.shape),
]);

/** True where the command line itself, or a job file, sets something that stages work by. */
function changesStages({ configuration }: EventContext): boolean {
  return [...configuration.origins].some(
    ([path, { kind }]) =>
      (kind === 'flag' || kind === 'job') && !besideStages.has(path.split('.')[0] ?? ''),
  );
}
