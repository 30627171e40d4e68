import { Counter, Gauge, Histogram, Summary, type Registry } from 'prom-client';

/** The metrics that are counted as things happen. */
export interface PipelineMetrics {
  readonly stages: Counter<'stage' | 'status'>;
  readonly stageSeconds: Histogram<'stage'>;
  readonly activeJobs: Gauge;
  readonly latency: Summary;
  readonly pace: Histogram;
  readonly transcriptions: Counter<'status'>;
  readonly jobs: Counter<'workflow' | 'status'>;
  readonly retries: Counter<'operation'>;
  readonly breakers: Gauge<'breaker'>;
}

const stageBuckets = [1, 5, 10, 30, 60, 120, 300, 600];
/** Of seconds of work for each second of audio: below 1 is faster than speech. */
const paceBuckets = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Makes the metrics in a registry of their own. */
export function createPipelineMetrics(registry: Registry): PipelineMetrics {
  return { ...stageMetrics([registry]), ...workMetrics([registry]), ...faultMetrics([registry]) };
}

function stageMetrics(registers: Registry[]): Pick<PipelineMetrics, 'stages' | 'stageSeconds'> {
  return {
    stages: new Counter({
      name: 'pipeline_stages_completed_total',
      help: 'Stages that came to an end, by how',
      labelNames: ['stage', 'status'],
      registers,
    }),
    stageSeconds: new Histogram({
      name: 'pipeline_stage_duration_seconds',
      help: 'Time that a stage worked, without its waits for other stages',
      labelNames: ['stage'],
      buckets: stageBuckets,
      registers,
    }),
  };
}

function workMetrics(
  registers: Registry[],
): Pick<PipelineMetrics, 'activeJobs' | 'latency' | 'pace' | 'transcriptions' | 'jobs'> {
  return {
    activeJobs: new Gauge({
      name: 'pipeline_active_jobs',
      help: 'Jobs and transcription requests that are worked on',
      registers,
    }),
    latency: new Summary({
      name: 'pipeline_processing_latency_seconds',
      help: 'From the moment a job or transcription was taken to its successful end',
      percentiles: [0.5, 0.9, 0.99],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      registers,
    }),
    pace: new Histogram({
      name: 'pipeline_real_time_factor',
      help: 'Seconds of work for each second of audio; below 1 is faster than speech',
      buckets: paceBuckets,
      registers,
    }),
    transcriptions: new Counter({
      name: 'pipeline_transcriptions_total',
      help: 'Transcription requests that came to an end, by how',
      labelNames: ['status'],
      registers,
    }),
    jobs: new Counter({
      name: 'pipeline_jobs_total',
      help: 'Jobs that came to an end, by workflow and how',
      labelNames: ['workflow', 'status'],
      registers,
    }),
  };
}

function faultMetrics(registers: Registry[]): Pick<PipelineMetrics, 'retries' | 'breakers'> {
  return {
    retries: new Counter({
      name: 'pipeline_retries_total',
      help: 'Attempts that failed and were followed by another',
      labelNames: ['operation'],
      registers,
    }),
    breakers: new Gauge({
      name: 'pipeline_circuit_breaker_state',
      help: '0 closed, 1 half-open, 2 open: nothing is asked of the service',
      labelNames: ['breaker'],
      registers,
    }),
  };
}
