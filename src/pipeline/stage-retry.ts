import { attemptText, delayAfter, waitByClock, type FailedAttempt } from '../models/retry.js';
import { changed, type RunState, type StageNode } from './run-state.js';

/**
 * Decides on a failed attempt at a stage. True where the stage is to be tried again, once the pause
 * is over; `onRetry` is called before it. Rejects with the run's reason where that ends meanwhile.
 */
export async function retryLater(
  run: RunState,
  node: StageNode,
  { error, onRetry }: { readonly error: unknown; readonly onRetry?: () => Promise<void> },
): Promise<boolean> {
  if (run.signal.aborted) return false;
  const attempt = node.failed + 1;
  const attempts = run.faults.maxRetries + 1;
  const delayMs = delayAfter(attempt, error, run.faults);
  const one = { attempt, attempts, error, ...(delayMs === undefined ? {} : { delayMs }) };
  log(run, node, one);
  if (delayMs === undefined) return false;
  node.failed = attempt;
  node.state = { kind: 'waiting' };
  await onRetry?.();
  changed(run);
  const stage = node.plan.stage.id;
  const reason = error instanceof Error ? error.message : String(error);
  run.emit({ type: 'retry', stage, attempt, attempts, delayMs: Math.round(delayMs), reason });
  node.notes.push(`attempt ${attempt} of ${attempts} failed: ${reason}`);
  await waitByClock(delayMs, run.signal);
  return true;
}

function log({ logger, job, correlationId }: RunState, node: StageNode, one: FailedAttempt): void {
  const { attempt, attempts, delayMs } = one;
  const fields = {
    stage: node.plan.stage.id,
    job_id: job.request.id,
    correlation_id: correlationId,
    attempt,
    attempts,
    ...(delayMs === undefined ? {} : { delay_seconds: Math.round(delayMs) / 1000 }),
  };
  logger?.warn(fields, attemptText(one));
}
