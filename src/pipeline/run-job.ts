import { randomUUID } from 'node:crypto';
import { EventEmitter, setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type { CpwError } from '../errors.js';
import { checkFile } from '../media/check-file.js';
import { faultOptionsSchema, type ParsedFaultOptions } from '../options/faults.js';
import type { NamedFile } from '../stages/artefact.js';
import type { Engines } from '../stages/engines.js';
import type { AnyStage } from '../stages/stage.js';
import { removeTemporary } from './atomic-file.js';
import { changeOptions, holdJob, type Job, type JobRequest, type NewJob } from './job.js';
import { Manifest, type StageRecord } from './manifest.js';
import { writeJobReport } from './job-report.js';
import { openMedia } from './media-file.js';
import type { PipelineEvent, PipelineLogger } from './pipeline-events.js';
import { planStages, type PlannedStage, type Selection } from './plan.js';
import { filesOf } from './run-result.js';
import { runStage } from './run-stage.js';
import { nodesOf, type RunState, type StageNode } from './run-state.js';
import { withStage } from './stage-error.js';
import { sampleEvery } from './stage-clock.js';

/** How a job is run. */
export interface RunOptions extends Selection {
  readonly stages: readonly AnyStage[];
  readonly engines: Engines;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: PipelineEvent) => void) | undefined;
  readonly logger?: PipelineLogger | undefined;
  /** In the place of the job's own, by stage; what they change runs again. */
  readonly options?: NewJob['options'];
  /** Names the run in logs. Default: a random one. */
  readonly correlationId?: string | undefined;
  readonly faults?: ParsedFaultOptions | undefined;
  /** Told of a stage that did not stop when it was told to. */
  readonly onAbandoned?: (() => void) | undefined;
}

/** What came of a job's run. */
export interface JobResult {
  readonly job: Job;
  /** By stage, in their order: what the manifest says. */
  readonly stages: ReadonlyMap<string, StageRecord>;
  /** The finished files of an artefact, by its name, of the last stage that made it. */
  readonly files: (artefact: string) => readonly NamedFile[];
  /** The page about the job; absent where it could not be written. */
  readonly report?: string;
}

/**
 * Runs the stages of a job that are not finished, each as soon as its inputs allow. Throws what a
 * stage that is not optional failed with, with its name in `stage`; the signal's reason; and
 * CPW_INVALID_OPTIONS where somebody else runs the job. What was finished stays so.
 */
export function runJob(given: Job, options: RunOptions): Promise<JobResult> {
  const changes = options.options;
  const wanted = changes === undefined ? {} : { options: structuredClone(changes) };
  const request = { ...given.request, ...wanted } as JobRequest;
  const plan = planStages(request, options.stages, options);
  const { signal } = options;
  return holdJob(given, { signal }, async (hold) => {
    const job = changes === undefined ? given : await changeOptions(given, changes);
    const stop = new AbortController();
    const signals = [stop.signal, hold.lost, ...(signal === undefined ? [] : [signal])];
    const emit = options.onEvent ?? (() => undefined);
    const manifest = await Manifest.open(job.folder, job.request.id, {
      guard: () => hold.check(),
      warn: (message) => emit({ type: 'warning', message }),
    });
    let failure: CpwError | undefined;
    const fail = (error: CpwError): void => {
      failure ??= error;
      stop.abort(error);
    };
    const run = await openRun(job, { options, plan, manifest, emit, fail, signals });
    await runNodes(run);
    const report = await reportOf(run);
    if (failure !== undefined) throw failure;
    run.signal.throwIfAborted();
    return { ...resultOf(run), ...(report === undefined ? {} : { report }) };
  });
}

async function openRun(
  job: Job,
  {
    options,
    plan,
    signals,
    ...parts
  }: Pick<RunState, 'manifest' | 'emit' | 'fail'> & {
    readonly options: RunOptions;
    readonly plan: readonly PlannedStage[];
    readonly signals: AbortSignal[];
  },
): Promise<RunState> {
  const signal = AbortSignal.any(signals);
  // Every stage listens, and so does each read of a growing file.
  setMaxListeners(0, signal);
  signal.throwIfAborted();
  const { engines, force = false, correlationId = randomUUID(), logger } = options;
  const { faults = faultOptionsSchema.parse({}), onAbandoned = () => undefined } = options;
  await checkFile(job.request.input);
  await tidy(job, plan);
  const media = await openMedia(job.request.input, parts.manifest, signal);
  const changes = new EventEmitter().setMaxListeners(0);
  const nodes = nodesOf(plan);
  return {
    ...parts,
    job,
    nodes,
    media,
    engines,
    signal,
    force,
    correlationId,
    logger,
    changes,
    faults,
    onAbandoned,
  };
}

/** What a crash has left half-written goes. */
async function tidy(job: Job, plan: readonly PlannedStage[]): Promise<void> {
  const folders = plan.map(({ folder }) => folder);
  for (const folder of ['.', '.checkpoints', ...folders]) {
    await removeTemporary(join(job.folder, folder));
  }
}

async function runNodes(run: RunState): Promise<void> {
  const stopSampling = sampleEvery(() => {
    for (const { clock } of run.nodes) clock?.sample();
  });
  try {
    const waiting = run.nodes.filter(({ state }) => state.kind === 'waiting');
    for (const { plan } of waiting.filter(({ plan }) => plan.selected)) {
      run.emit({ type: 'stage', stage: plan.stage.id, state: 'waiting' });
    }
    await Promise.all(waiting.map((node) => runNode(run, node)));
  } finally {
    stopSampling();
  }
}

/** What goes wrong around a stage stops the job as well. */
async function runNode(run: RunState, node: StageNode): Promise<void> {
  try {
    await runStage(run, node);
  } catch (error) {
    if (!run.signal.aborted) run.fail(withStage(error, node.plan.stage.id));
  }
}

/** What stages made is worth more than the page about it: that it fails is a warning. */
async function reportOf(run: RunState): Promise<string | undefined> {
  try {
    return await writeJobReport(run.job, resultOf(run).stages);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    run.emit({ type: 'warning', message: `report.html could not be written: ${reason}` });
    return undefined;
  }
}

function resultOf(run: RunState): JobResult {
  const known = run.nodes.flatMap(({ plan }) => {
    const record = run.manifest.stage(plan.stage.id);
    return record === undefined ? [] : [[plan.stage.id, record] as const];
  });
  const stages = new Map(known);
  return { job: run.job, stages, files: (artefact) => filesOf(run.job, stages, artefact) };
}
