import { once, type EventEmitter } from 'node:events';
import type { CpwError } from '../errors.js';
import type { ParsedFaultOptions } from '../options/faults.js';
import type { Engines } from '../stages/engines.js';
import type { Job } from './job.js';
import type { FileRecord, Manifest } from './manifest.js';
import type { MediaFile } from './media-file.js';
import type { PipelineEvent, PipelineLogger } from './pipeline-events.js';
import type { PlannedStage } from './plan.js';
import type { StageClock } from './stage-clock.js';
import type { StageOutputs } from './stage-outputs.js';

/** Where a stage of a run is. */
export type NodeState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly files: readonly FileRecord[] }
  /** `why` is what stages say that lack its output: itself skipped, or what it lacked. */
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Outside of the selection, and never finished. */
  | { readonly kind: 'absent' };

/** One stage in a run. */
export interface StageNode {
  readonly plan: PlannedStage;
  state: NodeState;
  /** Names the input and all parameters up to here; '' until it is known. */
  lineage: string;
  /** Of the latest attempt. */
  outputs: StageOutputs | undefined;
  /** Items that the latest attempt has read. */
  itemsRead: number;
  clock: StageClock | undefined;
  /** Attempts that failed and are followed by another. */
  failed: number;
  /** What the manifest is to say of them. */
  readonly notes: string[];
  /** Seconds of media that it has told of; 0 where it told of none. */
  mediaS: number;
}

/** What the stages of one run share. */
export interface RunState {
  readonly job: Job;
  readonly nodes: readonly StageNode[];
  readonly manifest: Manifest;
  readonly media: MediaFile;
  readonly engines: Engines;
  readonly signal: AbortSignal;
  readonly force: boolean;
  readonly correlationId: string;
  readonly logger: PipelineLogger | undefined;
  readonly changes: EventEmitter;
  readonly emit: (event: PipelineEvent) => void;
  /** Stops the job: a stage that it needs has failed. */
  readonly fail: (error: CpwError) => void;
  readonly faults: ParsedFaultOptions;
  /** Told of a stage that did not stop when it was told to. */
  readonly onAbandoned: () => void;
}

/** Tells everybody that something has changed. */
export function changed(run: Pick<RunState, 'changes'>): void {
  run.changes.emit('change');
}

/** Waits until `find` finds something. Rejects with the signal's reason. */
export async function until<T>(run: RunState, find: () => T | undefined): Promise<T> {
  for (;;) {
    run.signal.throwIfAborted();
    const found = find();
    if (found !== undefined) return found;
    await once(run.changes, 'change', { signal: run.signal }).catch((error: unknown) => {
      throw run.signal.aborted ? run.signal.reason : error;
    });
  }
}

/** Nobody reads what stands behind the last chosen stage, so that it is not looked at. */
export function nodesOf(plan: readonly PlannedStage[]): readonly StageNode[] {
  const last = plan.findLastIndex(({ selected }) => selected);
  return plan.map((one, index) => ({
    plan: one,
    state: { kind: index <= last ? 'waiting' : 'absent' },
    lineage: '',
    outputs: undefined,
    itemsRead: 0,
    clock: undefined,
    failed: 0,
    notes: [],
    mediaS: 0,
  }));
}
