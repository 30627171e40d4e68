import type { Job } from './job.js';
import { Manifest, type StageRecord } from './manifest.js';
import { stageTable, type Workflow } from '../stages/stage-table.js';

/** A job at a glance. */
export interface JobStatus {
  readonly id: string;
  readonly folder: string;
  readonly workflow: Workflow;
  readonly input: string;
  readonly createdAt: string;
  /** `unfinished`: it runs, was interrupted, or has not begun. */
  readonly state: 'completed' | 'failed' | 'unfinished';
}

/** One stage of a job. */
export interface ShownStage extends Pick<
  StageRecord,
  'status' | 'reason' | 'resources' | 'warnings' | 'errors' | 'startedAt' | 'endedAt' | 'outputs'
> {
  readonly stage: string;
}

/** A job with its stages. */
export interface JobDescription extends JobStatus {
  readonly stages: readonly ShownStage[];
}

/** What the manifest says of a job as a whole. */
export async function jobStatus({ folder, request }: Job): Promise<JobStatus> {
  const { content } = await Manifest.peek(folder, request.id);
  const { id, workflow, input, createdAt } = request;
  return { id, folder, workflow, input, createdAt, state: stateOf(content.stages, workflow) };
}

function stateOf(
  stages: Readonly<Record<string, StageRecord>>,
  workflow: Workflow,
): JobStatus['state'] {
  const rows = stageTable.filter((row) => row.built && inWorkflow(row, workflow));
  const records = rows.map(({ id, optional }) => ({ optional, status: stages[id]?.status }));
  const failed = records.some(({ optional, status }) => !optional && status === 'failed');
  if (failed) return 'failed';
  // An optional stage may not be there at all: no glossary, no title.
  const ended = records.every(({ optional, status }) =>
    optional ? status !== 'running' : status === 'completed' || status === 'skipped',
  );
  return ended ? 'completed' : 'unfinished';
}

function inWorkflow(
  { workflows }: { readonly workflows: readonly Workflow[] },
  one: Workflow,
): boolean {
  return workflows.includes(one);
}

/** A job with its stages, in their order. */
export async function describeJob(job: Job): Promise<JobDescription> {
  const { content } = await Manifest.peek(job.folder, job.request.id);
  const order = stageTable.map(({ id }) => id as string);
  const known = Object.entries(content.stages);
  // Stages of one's own stand at the end.
  const placeOf = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  const sorted = known.sort(([a], [b]) => placeOf(a) - placeOf(b));
  return {
    ...(await jobStatus(job)),
    stages: sorted.map(
      ([stage, { version: _v, lineage: _l, parameters: _p, inputs: _i, ...rest }]) => ({
        stage,
        ...rest,
      }),
    ),
  };
}
