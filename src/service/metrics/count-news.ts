import type { EventEmitter } from 'node:events';
import type { PipelineEvent } from 'cpw-native';
import type { ServiceNews } from '../service.js';
import type { PipelineMetrics } from './pipeline-metrics.js';

const stageStatuses = ['success', 'failed', 'skipped'] as const;
const statusOfState = {
  completed: 'success',
  kept: 'skipped',
  skipped: 'skipped',
  failed: 'failed',
} as const satisfies Partial<Record<string, (typeof stageStatuses)[number]>>;

/** Counts what happens in a server or a run. */
export function countNews(news: EventEmitter<ServiceNews>, metrics: PipelineMetrics): void {
  const active = new Set<string>();
  const setActive = (key: string, runs: boolean): void => {
    if (runs) active.add(key);
    else active.delete(key);
    metrics.activeJobs.set(active.size);
  };
  news.on('transcription', (one) => {
    setActive(`transcription ${one.id}`, one.state === 'begun');
    if (one.state === 'begun') return;
    const { state, elapsedS, durationS } = one;
    metrics.transcriptions.inc({ status: state });
    if (state !== 'completed') return;
    metrics.latency.observe(elapsedS);
    if (durationS !== undefined && durationS > 0) metrics.pace.observe(elapsedS / durationS);
  });
  countJobs(news, metrics, setActive);
}

function countJobs(
  news: EventEmitter<ServiceNews>,
  metrics: PipelineMetrics,
  setActive: (key: string, runs: boolean) => void,
): void {
  /** When each job was taken, in ms. */
  const taken = new Map<string, number>();
  /** Seconds of audio that a job's recogniser has heard. */
  const heard = new Map<string, number>();
  news.on('job', ({ id, state, workflow }) => {
    setActive(`job ${id}`, state === 'running');
    if (!taken.has(id)) taken.set(id, performance.now());
    if (state === 'accepted' || state === 'running') return;
    metrics.jobs.inc({ workflow, status: state });
    const since = taken.get(id) ?? performance.now();
    if (state === 'completed') metrics.latency.observe((performance.now() - since) / 1000);
    taken.delete(id);
    heard.delete(id);
  });
  news.on('stage', ({ job, event }) => {
    if (event.type === 'progress' && event.stage === 'asr' && event.audioS !== undefined) {
      heard.set(job, event.audioS);
    }
    if (event.type === 'retry') metrics.retries.inc({ operation: event.stage });
    if (event.type === 'stage') countStage(event, metrics, heard.get(job));
  });
}

function countStage(
  { stage, state, resources }: Extract<PipelineEvent, { type: 'stage' }>,
  metrics: PipelineMetrics,
  heardS: number | undefined,
): void {
  if (state === 'waiting') {
    // A counter that begins at one shows no rise.
    for (const status of stageStatuses) metrics.stages.inc({ stage, status }, 0);
    return;
  }
  if (state === 'running' || state === 'interrupted') return;
  metrics.stages.inc({ stage, status: statusOfState[state] });
  if (state !== 'completed' || resources === undefined) return;
  const seconds = resources.wallS - resources.waitedS;
  metrics.stageSeconds.observe({ stage }, seconds);
  if (stage === 'asr' && heardS !== undefined && heardS > 0) metrics.pace.observe(seconds / heardS);
}
