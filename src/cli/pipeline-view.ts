import type { PipelineEvent } from '../pipeline/pipeline-events.js';
import type { EventStream } from './event-stream.js';
import { shownInput } from './input.js';
import { clock } from './pace.js';
import type { Reporter } from './reporter.js';

/** Milliseconds between two progress events of a stage. */
const progressEveryMs = 1000;

/** What a view shows itself on. */
export interface ViewOutput {
  readonly reporter: Reporter;
  readonly events: EventStream;
  readonly json: boolean;
  readonly now?: () => number;
}

/**
 * Shows the stages of one job: a line that is drawn over itself on a terminal, with what runs, how
 * far, how fast and what waits for it, and plain lines elsewhere.
 */
export function pipelineView(
  file: string,
  { reporter, events, json, now = () => performance.now() }: ViewOutput,
): (event: PipelineEvent) => void {
  const running = new Map<string, StageNews>();
  const toldAt = new Map<string, number>();
  const name = shownInput(file);
  return (event) => {
    if (event.type === 'work') return;
    if (event.type === 'warning') {
      const message =
        event.stage === undefined ? event.message : `${event.stage}: ${event.message}`;
      if (json) events.emit({ type: 'warning', file, message });
      else reporter.warn(`${name}: ${message}`);
    } else if (event.type === 'stage') {
      events.emit({ ...event, file });
      if (event.state === 'running') running.set(event.stage, {});
      else running.delete(event.stage);
      const line = lineOf(event);
      if (line !== undefined) reporter.note(`${name}: ${line}`);
      show(reporter, name, running);
    } else if (event.type === 'retry') {
      events.emit({ ...event, type: 'stage-retry', file });
      running.delete(event.stage);
      const { stage, attempt, attempts, delayMs, reason } = event;
      const next = `the next one begins in ${(delayMs / 1000).toFixed(1)} s`;
      const failed = `attempt ${attempt}/${attempts} failed, ${next}: ${reason}`;
      reporter.note(`${name}: ${stage}: ${failed}`);
    } else {
      running.set(event.stage, event);
      show(reporter, name, running);
      const due = (toldAt.get(event.stage) ?? -Infinity) + progressEveryMs;
      if (now() < due) return;
      toldAt.set(event.stage, now());
      events.emit({ ...event, type: 'stage-progress', file });
    }
  };
}

interface StageNews {
  readonly fraction?: number;
  readonly audioS?: number;
  readonly queued?: number;
}

/** What is worth a line of its own; undefined for what only moves the live line. */
function lineOf(event: Extract<PipelineEvent, { type: 'stage' }>): string | undefined {
  const { stage, state, reason, resources } = event;
  if (state === 'waiting' || state === 'running') return undefined;
  if (state === 'kept') return `${stage} is finished already`;
  if (state === 'skipped') return `${stage} is skipped: ${reason ?? ''}`;
  if (state === 'completed') {
    const { wallS = 0, waitedS = 0 } = resources ?? {};
    return `${stage} took ${clock(wallS - waitedS)}`;
  }
  return undefined;
}

/** The last stage that knows how far it is speaks for the job: what is behind it waits for it. */
function show(reporter: Reporter, name: string, running: ReadonlyMap<string, StageNews>): void {
  // Between two stages the line stays, and its clock goes on.
  if (running.size === 0) return;
  const stages = [...running].map(([stage, { queued = 0 }]) =>
    queued > 0 ? `${stage} (${queued} waiting)` : stage,
  );
  const news = [...running.values()].findLast(({ fraction }) => fraction !== undefined);
  const audioS = [...running.values()].findLast((one) => one.audioS !== undefined)?.audioS;
  reporter.progress(`${name}: ${stages.join(', ')}`, news?.fraction, { audioS, work: name });
}
