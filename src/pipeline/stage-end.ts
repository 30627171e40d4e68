import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { budgetOf, exceededBudget } from '../stages/budgets.js';
import { saveCheckpoint } from './checkpoint.js';
import type { FileRecord, StageRecord, StageResources } from './manifest.js';
import type { Attempt } from './run-stage.js';
import { changed, type RunState, type StageNode } from './run-state.js';
import { isLost } from './stage-sources.js';
import { withStage } from './stage-error.js';
import { retryLater } from './stage-retry.js';

/** Records that a stage has done its work. */
export async function attemptEnded(
  run: RunState,
  one: Attempt,
  {
    files,
    inputs,
  }: { readonly files: readonly FileRecord[]; readonly inputs: readonly FileRecord[] },
): Promise<void> {
  const { node, clock, lineage } = one;
  const { id } = node.plan.stage;
  const resources = clock.resources();
  for (const text of overBudget(one, resources)) {
    one.warnings.push(text);
    run.logger?.warn({ stage: id, job_id: run.job.request.id }, `${id} took ${text}`);
    run.emit({ type: 'warning', stage: id, message: `took ${text}` });
  }
  run.signal.throwIfAborted();
  await run.manifest.setStage(id, {
    ...recordOf(one, 'completed'),
    inputs: [...inputs],
    outputs: [...files],
    resources,
  });
  await saveCheckpoint(run.job.folder, { stage: id, completed: true, state: { lineage } });
  node.state = { kind: 'done', files };
  node.clock = undefined;
  logEnd(run, one, resources);
  const { items } = one.outputs;
  run.emit({ type: 'stage', stage: id, state: 'completed', resources, items });
  changed(run);
}

function overBudget(
  one: Attempt,
  { wallS, waitedS, peakRssMb }: StageResources,
): readonly string[] {
  const { id } = one.node.plan.stage;
  if (budgetOf(id) === undefined) return [];
  return exceededBudget(id, { ...one.said, activeS: wallS - waitedS, peakRssMb });
}

function logEnd(run: RunState, one: Attempt, { wallS, waitedS, peakRssMb }: StageResources): void {
  const stage = one.node.plan.stage.id;
  const durationS = Math.round((wallS - waitedS) * 1000) / 1000;
  const ids = { job_id: run.job.request.id, correlation_id: run.correlationId };
  run.logger?.info(
    {
      stage,
      duration_seconds: durationS,
      memory_mb: peakRssMb,
      timestamp: new Date().toISOString(),
      ...ids,
    },
    'Performance metrics',
  );
  run.logger?.info(
    {
      file: run.media.path,
      duration_seconds: durationS,
      segments_count: one.outputs.items,
      stage,
      ...ids,
    },
    'Processing complete',
  );
}

/** Records that a stage need not run. What it made earlier goes. */
export async function skipStage(
  run: RunState,
  node: StageNode,
  { reason, state }: { readonly reason: string; readonly state: StageNode['state'] },
): Promise<void> {
  const { stage, folder } = node.plan;
  await rm(join(run.job.folder, folder), { recursive: true, force: true });
  await run.manifest.setStage(stage.id, {
    status: 'skipped',
    reason,
    version: stage.version,
    lineage: node.lineage,
    parameters: {},
    inputs: [],
    outputs: [],
    warnings: [],
    errors: [],
  });
  node.state = state;
  node.clock = undefined;
  run.emit({ type: 'stage', stage: stage.id, state: 'skipped', reason });
  changed(run);
}

/** Records a failure, and what follows from it. True where the stage must be tried again. */
export async function attemptFailed(run: RunState, one: Attempt, cause: unknown): Promise<boolean> {
  const { node, outputs, inputs } = one;
  const { id } = node.plan.stage;
  node.clock = undefined;
  if (!run.signal.aborted && inputs.some(({ source }) => isLost(source))) {
    node.state = { kind: 'waiting' };
    await outputs.fail(cause);
    changed(run);
    return true;
  }
  const error = withStage(cause, id);
  // An abort in the pause ends it too: what follows records the interruption.
  const onRetry = (): Promise<void> => outputs.fail(error);
  if (await retryLater(run, node, { error, onRetry }).catch(() => false)) return true;
  node.state = { kind: 'failed', error };
  if (run.signal.aborted) await recordInterruption(run, one);
  else await recordFailure(run, one);
  await outputs.fail(error);
  changed(run);
  return false;
}

async function recordFailure(run: RunState, one: Attempt): Promise<void> {
  const { node } = one;
  const { stage, optional } = node.plan;
  const error = withStage(node.state.kind === 'failed' ? node.state.error : undefined, stage.id);
  const { code, message } = error;
  // The first to fail is told as the cause, before anybody who read from it fails too.
  if (!optional) run.fail(error);
  run.emit({ type: 'stage', stage: stage.id, state: 'failed', reason: message });
  const ids = { job_id: run.job.request.id, correlation_id: run.correlationId };
  run.logger?.warn({ stage: stage.id, ...ids, code, error: message }, 'Processing failed');
  if (optional) run.emit({ type: 'warning', stage: stage.id, message: `failed: ${message}` });
  await recorded(run, one, { ...recordOf(one, 'failed'), errors: [{ code, message }] });
}

async function recordInterruption(run: RunState, one: Attempt): Promise<void> {
  const { id } = one.node.plan.stage;
  const cause: unknown = run.signal.reason;
  const reason = cause instanceof Error ? cause.message : String(cause);
  run.emit({ type: 'stage', stage: id, state: 'interrupted', reason });
  await recorded(run, one, { ...recordOf(one, 'interrupted'), reason });
}

/** A disk that is full or a job that is somebody else's by now must not hide what went wrong first. */
async function recorded(run: RunState, { node }: Attempt, record: StageRecord): Promise<void> {
  await run.manifest.setStage(node.plan.stage.id, record).catch((error: unknown) => {
    const message = `the manifest could not be written: ${String(error)}`;
    run.emit({ type: 'warning', stage: node.plan.stage.id, message });
  });
}

function recordOf(one: Attempt, status: StageRecord['status']): StageRecord {
  const { node, lineage, startedAt, parameters, warnings, clock } = one;
  return {
    status,
    version: node.plan.stage.version,
    lineage,
    startedAt,
    endedAt: new Date().toISOString(),
    parameters,
    inputs: [],
    outputs: [],
    resources: clock.resources(),
    warnings: [...warnings],
    errors: [],
  };
}
