import type { RemovedText, Segment } from '../../types.js';

/** One stage of the job. */
export interface ReportedStage {
  readonly id: string;
  readonly status: 'completed' | 'skipped' | 'failed' | 'interrupted' | 'running' | 'not run';
  /** Why it was skipped or has failed. */
  readonly reason?: string;
  /** Seconds after the job's first stage began. */
  readonly beginS?: number;
  readonly wallS?: number;
  readonly cpuS?: number;
  readonly peakRssMb?: number;
}

/** One subtitle track. */
export interface ReportedTrack {
  readonly language: string;
  readonly title: string;
  /** As a link: relative to the report, or a file URL. */
  readonly href?: string;
  readonly cues: number;
  /** Rules that could not be kept, in words. */
  readonly violations: readonly string[];
}

/** What a job's report shows. Times are seconds. */
export interface ReportData {
  readonly title: string;
  readonly job: string;
  readonly createdAt: string;
  readonly language: string;
  readonly durationS: number;
  /** What a browser plays: relative to the report, or a file URL. */
  readonly mediaHref?: string;
  readonly stages: readonly ReportedStage[];
  readonly warnings: readonly { readonly stage: string; readonly text: string }[];
  readonly segments: readonly Segment[];
  readonly removed: readonly RemovedText[];
  readonly tracks: readonly ReportedTrack[];
  /** Glossary terms: how often they came up and how often they were kept. */
  readonly terms: readonly {
    readonly term: string;
    readonly target: string;
    readonly found: number;
    readonly applied: number;
    readonly note?: string;
  }[];
}

/** Below it a segment is offered for listening again. */
export const lowConfidence = 0.6;
