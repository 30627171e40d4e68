import { join } from 'node:path';
import type { z } from 'zod';
import { checkFile } from '../media/check-file.js';
import { checkStageName } from '../stages/stage-table.js';
import { deliver, refuseExisting } from '../pipeline/deliver.js';
import { describePlan } from '../pipeline/dry-run.js';
import type { Job, NewJob } from '../pipeline/job.js';
import type { PipelineEvent } from '../pipeline/pipeline-events.js';
import type { Pipeline, RunContext } from '../pipeline/pipeline.js';
import type { JobResult } from '../pipeline/run-job.js';
import type { pipelineOptionsSchema, selectionOptionsSchema } from '../options/pipeline.js';
import type { NamedFile } from '../stages/artefact.js';
import type { CommandContext } from './command.js';
import type { EventStream } from './event-stream.js';
import { exitStatusOf, worstStatus } from './exit-codes.js';
import { shownInput } from './input.js';
import type { Notices } from './notices.js';
import { pipelineView } from './pipeline-view.js';
import { formatError, reportOf } from './report-error.js';
import type { RunWatch } from './server-package.js';

/** A command that runs media through a pipeline. */
export interface PipelineWork extends CommandContext {
  readonly events: EventStream;
  readonly several: boolean;
  /** Counts what happens. */
  readonly watch?: RunWatch | undefined;
  readonly dryRun: boolean;
  /** True where options of stages were given that a resumed job takes in the place of its own. */
  readonly changesOptions?: boolean;
  /** The artefacts whose files go to `outputDir`; absent: they stay in the job's folder. */
  readonly results?: readonly string[];
  /** Those of their names that are known before the job runs. */
  readonly resultNames?: (file: string) => readonly string[];
  /** True where no other file goes there, and one that was not made is told. */
  readonly onlyNamed?: boolean;
  readonly outputDir: string;
  readonly overwrite: boolean;
  /** Who is told of jobs that fail. */
  readonly notices?: Notices | undefined;
  /** Told of each job that is completed, when its files are where they are wanted. */
  readonly onResult?: (result: JobResult) => Promise<void>;
}

type Selected = z.output<typeof selectionOptionsSchema>;

/** Which stages run, as the pipeline takes it. */
export function selectionOf({ from, to, only, force }: Selected): RunContext {
  return { from, to, force, ...(only.length === 0 ? {} : { only }) };
}

/** Runs a job for each file, one after the other with shared models, and tells how it ended. */
export async function runMedia(
  media: readonly string[],
  work: PipelineWork,
  {
    pipeline,
    job,
    options,
  }: {
    readonly pipeline: Pipeline;
    readonly job: (file: string) => NewJob;
    readonly options: z.output<typeof pipelineOptionsSchema>;
  },
): Promise<{ readonly status: number; readonly failed: number }> {
  const failures: unknown[] = [];
  for (const file of media) {
    try {
      await checkFile(file);
      checkStages(options);
      await refuseResults(file, work);
      const wanted = job(file);
      const found = options.resume ? await pipeline.newest(wanted) : undefined;
      const own = found !== undefined && work.changesOptions !== true;
      if (found !== undefined && !own) work.reporter.note(`${shownInput(file)}: ${replaced}`);
      const context = {
        ...selectionOf(options),
        ...(own ? {} : { options: wanted.options ?? {} }),
      };
      if (work.dryRun) await showPlan(file, work, { pipeline, job: found ?? wanted, context });
      else await runOne(file, work, { pipeline, wanted, found, context });
    } catch (error) {
      work.reporter.done();
      if (work.signal.aborted) throw work.signal.reason;
      failures.push(error);
      tellFailure(file, error, work);
    }
  }
  return { status: worstStatus(failures.map(exitStatusOf)), failed: failures.length };
}

const replaced =
  "the options given now take the place of all of the job's own; --resume alone keeps those";

function checkStages({ from, to, only }: Selected): void {
  for (const stage of [from, to, ...only]) if (stage !== undefined) checkStageName(stage);
}

/** Hours of work are not done for a result that may not be written. */
async function refuseResults(
  file: string,
  { resultNames, outputDir, overwrite }: PipelineWork,
): Promise<void> {
  if (overwrite || resultNames === undefined) return;
  await refuseExisting(resultNames(file).map((name) => join(outputDir, name)));
}

/** Runs one job and brings its results to where they are wanted. */
export async function runOne(
  file: string,
  work: PipelineWork,
  {
    pipeline,
    wanted,
    found,
    context,
  }: {
    readonly pipeline: Pipeline;
    readonly wanted?: NewJob;
    readonly found: Job | undefined;
    readonly context: RunContext;
  },
): Promise<JobResult> {
  const { signal, events, general, reporter } = work;
  const job = found ?? (wanted && (await pipeline.create(wanted, { signal })));
  if (job === undefined) throw new TypeError('a job or what to make of it is needed');
  const { id } = job.request;
  const state = found === undefined ? 'begun' : 'resumed';
  events.emit({ type: 'job', file, job: id, folder: job.folder, state });
  reporter.note(`${shownInput(file)}: job ${id} ${state}; its folder is ${shownInput(job.folder)}`);
  const onEvent = pipelineView(file, { reporter, events, json: general.json });
  const result = await watched(pipeline, job, { context: { ...context, onEvent }, work });
  const made = (work.results ?? []).flatMap((artefact) => result.files(artefact));
  const written = await deliver(wantedOf(file, made, work), work);
  events.emit({
    type: 'job',
    file,
    job: id,
    folder: job.folder,
    state: 'completed',
    written: [...written],
  });
  for (const path of written) reporter.note(`wrote ${shownInput(path)}`);
  await work.onResult?.(result);
  return result;
}

/** With what happens counted, where that is wanted. */
async function watched(
  pipeline: Pipeline,
  job: Job,
  { context, work }: { readonly context: RunContext; readonly work: PipelineWork },
): Promise<JobResult> {
  const watch = work.watch?.begin(job.request);
  const onEvent = (event: PipelineEvent): void => {
    context.onEvent?.(event);
    watch?.onEvent(event);
  };
  try {
    const result = await resumed(pipeline, job, { context: { ...context, onEvent }, work });
    watch?.ended('completed');
    return result;
  } catch (error) {
    watch?.ended(work.signal.aborted ? 'cancelled' : 'failed', error);
    throw error;
  }
}

async function resumed(
  pipeline: Pipeline,
  job: Job,
  { context, work }: { readonly context: RunContext; readonly work: PipelineWork },
): Promise<JobResult> {
  const { signal, reporter } = work;
  try {
    const result = await pipeline.resume(job, { ...context, signal });
    signal.throwIfAborted();
    return result;
  } catch (error) {
    reporter.done();
    if (signal.aborted) reporter.note(goesOn(job, pipeline.jobsDir));
    else await work.notices?.jobFailed({ job: job.request.id, error });
    throw error;
  } finally {
    reporter.done();
  }
}

function goesOn({ request }: Job, jobsDir: string): string {
  const where = jobsDir === 'out' ? '' : ` --jobs-dir ${shownInput(jobsDir)}`;
  return `What is finished stays: cpw-native jobs resume ${request.id}${where} goes on with it`;
}

function wantedOf(
  file: string,
  made: readonly NamedFile[],
  { onlyNamed, resultNames, general, events, reporter }: PipelineWork,
): readonly NamedFile[] {
  if (onlyNamed !== true) return made;
  const expected = resultNames?.(file) ?? [];
  const wanted = made.filter(({ name }) => expected.includes(name));
  const missing = expected.filter((name) => wanted.every((one) => one.name !== name));
  if (missing.length > 0) {
    const names = missing.map(shownInput).join(', ');
    const message = `not made: ${names} (it is the spoken language, or a stage did not run)`;
    if (general.json) events.emit({ type: 'warning', file, message });
    else reporter.warn(`${shownInput(file)}: ${message}`);
  }
  return wanted;
}

/** Says what would be done with each stage. */
export async function showPlan(
  file: string,
  { events, general, reporter }: PipelineWork,
  {
    pipeline,
    job,
    context,
  }: {
    readonly pipeline: Pipeline;
    readonly job: Job | NewJob;
    readonly context: RunContext;
  },
): Promise<void> {
  const actions = await pipeline.plan(job, context);
  events.emit({ type: 'stage-plan', file, stages: [...actions] });
  if (!general.json) reporter.result(`${shownInput(file)}\n${describePlan(actions)}`);
}

function tellFailure(file: string, error: unknown, work: PipelineWork): void {
  const { general, reporter, events, several } = work;
  const { code, stage, message } = reportOf(error);
  events.emit({ type: 'error', file, code, stage, message });
  reporter.error(formatError(error, { ...general, ...(several ? { file } : {}) }));
}
