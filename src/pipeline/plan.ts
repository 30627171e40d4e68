import { CpwError } from '../errors.js';
import { parseOptions } from '../options/parse.js';
import type { AnyStage } from '../stages/stage.js';
import {
  builtStages,
  checkStageName,
  stageFolder,
  stagePlace,
  stageRow,
  type Workflow,
} from '../stages/stage-table.js';
import type { JobRequest } from './job.js';

/** Which stages of a job are to run. */
export interface Selection {
  /** The first; the stages before it must be finished. */
  readonly from?: string | undefined;
  /** The last. */
  readonly to?: string | undefined;
  /** These and no others. */
  readonly only?: readonly string[] | undefined;
  /** What is finished and still valid is done again. */
  readonly force?: boolean | undefined;
}

/** One stage of a plan. */
export interface PlannedStage {
  readonly stage: AnyStage;
  /** `06_asr` */
  readonly folder: string;
  readonly options: unknown;
  /** True where a failure is a warning. */
  readonly optional: boolean;
  /** False for a stage outside of the selection, which is taken as it is. */
  readonly selected: boolean;
}

/**
 * A job's stages in their order, with options checked and stages of somebody's own in their places.
 * Throws CPW_INVALID_OPTIONS that names what is wrong.
 */
export function planStages(
  request: Pick<JobRequest, 'workflow' | 'options'>,
  stages: readonly AnyStage[],
  selection: Selection = {},
): readonly PlannedStage[] {
  const all = inOrder(request.workflow, stages);
  const names = all.map(({ id }) => id);
  const { from, to, only } = selection;
  for (const name of [from, to, ...(only ?? [])]) {
    if (name !== undefined) checkStageName(name, names);
  }
  for (const name of Object.keys(request.options)) checkStageName(name, [...names, ...builtStages]);
  const first = from === undefined ? 0 : names.indexOf(from);
  const last = to === undefined ? names.length - 1 : names.indexOf(to);
  if (first > last) throw emptyRange(from, to);
  return all.map((stage, index) => ({
    stage,
    folder: stageFolder(stage.id, placeOf(stage)),
    options: parseOptions(stage.options, request.options[stage.id], { subject: stage.id }),
    optional: stageRow(stage.id)?.optional ?? false,
    selected: index >= first && index <= last && (only === undefined || only.includes(stage.id)),
  }));
}

function emptyRange(from: string | undefined, to: string | undefined): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `No stage lies from ${from} to ${to}: ${to} comes first. Next step: swap them.`,
  );
}

/** The workflow's stages and one's own, by the table and by what each stands behind. */
function inOrder(workflow: Workflow, stages: readonly AnyStage[]): readonly AnyStage[] {
  const own = stages.filter(({ id }) => stageRow(id) === undefined);
  for (const { id, after = '' } of own) {
    if (!/^[a-z][a-z0-9_]*$/u.test(id)) throw badName(id);
    checkStageName(after);
  }
  const known = stages.filter(({ id }) => stageRow(id)?.workflows.includes(workflow));
  const chosen = [...known, ...own];
  if (new Set(chosen.map(({ id }) => id)).size < chosen.length) throw twice(chosen);
  // A sort keeps the order of stages that stand behind the same one.
  return chosen.sort((a, b) => rankOf(a) - rankOf(b));
}

function badName(id: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `A stage cannot be called ${JSON.stringify(id)}. Next step: lower case, digits and _.`,
  );
}

function twice(stages: readonly AnyStage[]): CpwError {
  const names = stages.map(({ id }) => id);
  const name = names.find((id, index) => names.indexOf(id) !== index);
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `Two stages are called ${name}. Next step: rename one, or give stages that replace the built-in ones.`,
  );
}

function rankOf(stage: AnyStage): number {
  return placeOf(stage) + (stageRow(stage.id) === undefined ? 0.5 : 0);
}

/** The place whose number the folder gets: a stage of one's own shares that of the one before it. */
function placeOf({ id, after }: AnyStage): number {
  const place = stagePlace(id);
  return place === -1 ? stagePlace(after ?? '') : place;
}
