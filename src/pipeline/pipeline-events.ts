import type { StageResources } from './manifest.js';

/** What a stage is doing, as a viewer sees it. */
export type StageState =
  | 'waiting'
  | 'running'
  | 'completed'
  /** Finished by an earlier run and still valid. */
  | 'kept'
  | 'skipped'
  | 'failed'
  | 'interrupted';

/** News of a run, in the order in which things happen. */
export type PipelineEvent =
  | {
      readonly type: 'stage';
      readonly stage: string;
      readonly state: StageState;
      /** Why it was skipped, failed or ran. */
      readonly reason?: string;
      readonly resources?: StageResources;
      /** Items that it has written, of a completed one. */
      readonly items?: number;
    }
  | {
      /** A model is loaded for a stage, or an engine works for it. */
      readonly type: 'work';
      readonly stage: string;
      readonly work: 'load-model' | 'transcribe';
      readonly state: 'begun' | 'ended' | 'failed';
      readonly model: string;
    }
  | {
      readonly type: 'progress';
      readonly stage: string;
      /** 0..1; absent where nobody knows. */
      readonly fraction?: number;
      /** Seconds of audio that are done. */
      readonly audioS?: number;
      /** Items written so far. */
      readonly items: number;
      /** Items that are there for the stage and that it has not read. */
      readonly queued: number;
    }
  | {
      /** An attempt at a stage failed for a passing reason and is followed by another. */
      readonly type: 'retry';
      readonly stage: string;
      /** The one that failed, counted from 1. */
      readonly attempt: number;
      readonly attempts: number;
      /** Milliseconds until the next one. */
      readonly delayMs: number;
      readonly reason: string;
    }
  | { readonly type: 'warning'; readonly stage?: string; readonly message: string };

/** Where a run's log goes; pino's loggers fit. */
export interface PipelineLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
