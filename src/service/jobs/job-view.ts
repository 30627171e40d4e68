import type { JobDescription, Pipeline, ShownStage } from 'cpw-native';
import { z } from 'zod';
import { withoutPaths } from '../server/error-answer.js';
import type { LiveStage } from './job-feed.js';
import { jobErrorSchema } from './job-record.js';
import type { ActiveJob } from './job-runner.js';
import type { StoredJob } from './job-store.js';

const status = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']);

const stageSchema = z.object({
  stage: z.string(),
  state: z
    .enum(['waiting', 'running', 'completed', 'kept', 'skipped', 'failed', 'interrupted'])
    .describe('kept: finished by an earlier run'),
  reason: z.string().optional(),
  fraction: z.number().min(0).max(1).optional().describe('Of its work that is done'),
  audioS: z.number().min(0).optional().describe('Seconds of audio that are done'),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  seconds: z.number().min(0).optional().describe('From its beginning to its end'),
  warnings: z.array(z.string()),
});

/** A job as it is listed. */
export const jobHeadSchema = z.object({
  id: z.string(),
  status,
  workflow: z.enum(['transcribe', 'translate', 'subtitle']),
  name: z.string().describe("The upload's name"),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  error: jobErrorSchema.optional(),
  links: z.object({
    self: z.string(),
    events: z.string(),
    cancel: z.string(),
    result: z.string(),
  }),
});

/** A job with its stages, in their order. */
export const jobSchema = jobHeadSchema.extend({ stages: z.array(stageSchema) }).meta({ id: 'Job' });

/** A job as it is listed. */
export type JobHead = z.output<typeof jobHeadSchema>;
/** A job with its stages. */
export type JobView = z.output<typeof jobSchema>;

/** A job at a glance. */
export function jobHead({ job, record }: StoredJob, active: ActiveJob | undefined): JobHead {
  const { id, name, acceptedAt: createdAt, endedAt, error, state } = record;
  const self = `/v1/jobs/${id}`;
  return {
    id,
    status: state === 'accepted' ? (active?.state ?? 'queued') : state,
    workflow: job.request.workflow,
    name,
    createdAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(error === undefined ? {} : { error }),
    links: {
      self,
      events: `${self}/events`,
      cancel: `${self}/cancel`,
      result: `${self}/result`,
    },
  };
}

/** A job with what the manifest says of its stages, and what they are doing now. */
export async function jobView(
  stored: StoredJob,
  { pipeline, active }: { readonly pipeline: Pipeline; readonly active: ActiveJob | undefined },
): Promise<JobView> {
  const { stages } = await pipeline.describe(stored.job);
  return { ...jobHead(stored, active), stages: merged(stages, active?.feed.stages) };
}

function merged(
  recorded: JobDescription['stages'],
  live: ReadonlyMap<string, LiveStage> = new Map(),
): JobView['stages'] {
  const known = new Map(recorded.map((one) => [one.stage, one]));
  // What a run says of its stages comes in their order.
  const names = live.size > 0 ? new Set([...live.keys(), ...known.keys()]) : known.keys();
  return [...names].map((stage) => shownStage(stage, known.get(stage), live.get(stage)));
}

function shownStage(
  stage: string,
  record: ShownStage | undefined,
  live: LiveStage | undefined,
): JobView['stages'][number] {
  const reason = live?.reason ?? record?.reason;
  const seconds = record?.resources?.wallS;
  return {
    stage,
    state: live?.state ?? record?.status ?? 'waiting',
    ...(reason === undefined ? {} : { reason: withoutPaths(reason) }),
    ...(live?.fraction === undefined ? {} : { fraction: live.fraction }),
    ...(live?.audioS === undefined ? {} : { audioS: live.audioS }),
    ...(record?.startedAt === undefined ? {} : { startedAt: record.startedAt }),
    ...(record?.endedAt === undefined ? {} : { endedAt: record.endedAt }),
    ...(seconds === undefined ? {} : { seconds }),
    warnings: (record?.warnings ?? []).map(withoutPaths),
  };
}
