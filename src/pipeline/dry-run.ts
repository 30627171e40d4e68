import { EventEmitter } from 'node:events';
import { faultOptionsSchema } from '../options/faults.js';
import { parametersOf, type FoundInput } from './stage-parameters.js';
import type { Job } from './job.js';
import { Manifest } from './manifest.js';
import { openMedia } from './media-file.js';
import { planStages } from './plan.js';
import type { RunOptions } from './run-job.js';
import { nodesOf, type RunState, type StageNode } from './run-state.js';
import { findSource } from './stage-sources.js';
import { skippedAs, unselected, whyStale } from './up-to-date.js';

/** What a run would do with a stage. */
export interface PlannedAction {
  readonly stage: string;
  /** `check`: it runs unless its input, which is made again, comes out as it was. */
  readonly action: 'run' | 'keep' | 'skip' | 'check' | 'leave';
  readonly reason: string;
}

/**
 * Says what a run of the job would do, without computing, fetching or writing. Conditions that ask
 * what other stages make are not known before. Throws what is wrong with the options or the input.
 */
export async function dryRunJob(job: Job, options: RunOptions): Promise<readonly PlannedAction[]> {
  const plan = planStages(job.request, options.stages, options);
  const signal = options.signal ?? new AbortController().signal;
  const manifest = await Manifest.peek(job.folder, job.request.id);
  const media = await openMedia(job.request.input, manifest, signal);
  const run: RunState = {
    job,
    manifest,
    media,
    signal,
    nodes: nodesOf(plan),
    changes: new EventEmitter(),
    engines: {
      ...options.engines,
      recognizerIdentity: (model, load, context) =>
        options.engines.recognizerIdentity(model, load, { ...context, mayFetch: false }),
      translatorIdentity: (model, load, context) =>
        options.engines.translatorIdentity(model, load, { ...context, mayFetch: false }),
    },
    force: options.force ?? false,
    correlationId: '',
    logger: undefined,
    emit: () => undefined,
    fail: () => undefined,
    faults: faultOptionsSchema.parse({}),
    onAbandoned: () => undefined,
  };
  const actions: PlannedAction[] = [];
  for (const node of run.nodes) {
    actions.push({ stage: node.plan.stage.id, ...(await actionOf(run, node)) });
  }
  return actions;
}

type Action = Omit<PlannedAction, 'stage'>;

async function actionOf(run: RunState, node: StageNode): Promise<Action> {
  const { stage, selected } = node.plan;
  const record = run.manifest.stage(stage.id);
  const found = inputsOf(run, node);
  if ('missing' in found) {
    node.state = { kind: 'skipped', why: found.missing };
    return { action: 'skip', reason: found.missing };
  }
  const { known, pending } = found;
  const state = pending.length > 0 ? node.state : await unselected(run, node, known);
  if (state.kind === 'skipped') {
    node.state = state;
    return { action: 'skip', reason: state.why.replace(`${stage.id} was skipped: `, '') };
  }
  if (!selected) return leave(node, record);
  if (record === undefined) return { action: 'run', reason: 'it has not run yet' };
  if (run.force) return { action: 'run', reason: 'it is forced' };
  const parameters = await parametersOf(run, node);
  const present = { inputs: known, parameters };
  const stale = await whyStale(run, node, { record, present, ignoreInputs: pending.length > 0 });
  if (stale !== undefined) return { action: 'run', reason: stale };
  if (pending.length > 0) return { action: 'check', reason: `if ${pending.join(', ')} changes` };
  node.state = { kind: 'done', files: record.outputs };
  return { action: 'keep', reason: 'it is finished and valid' };
}

function leave(node: StageNode, record: ReturnType<Manifest['stage']>): Action {
  const { id } = node.plan.stage;
  if (record?.status === 'completed') node.state = { kind: 'done', files: record.outputs };
  else if (record?.status === 'skipped') node.state = skippedAs(node, record.reason ?? '');
  else node.state = { kind: 'absent' };
  return { action: 'leave', reason: `${id} is not among the chosen stages` };
}

interface Inputs {
  readonly known: readonly FoundInput[];
  /** Artefacts that are made again. */
  readonly pending: readonly string[];
}

function inputsOf(run: RunState, node: StageNode): Inputs | { readonly missing: string } {
  const { inputs, uses = {} } = node.plan.stage;
  const known: FoundInput[] = [];
  const pending: string[] = [];
  for (const [key, artefact] of Object.entries({ ...inputs, ...uses })) {
    const source = findSource(run, node, artefact);
    if (source === undefined) pending.push(artefact.name);
    else if (!('missing' in source)) known.push({ key, artefact, source });
    else if (Object.hasOwn(inputs, key)) return source;
  }
  return { known, pending };
}

/** The plan as text: a line for each stage. */
export function describePlan(actions: readonly PlannedAction[]): string {
  const said = {
    run: 'runs',
    keep: 'is kept',
    skip: 'is skipped',
    check: 'runs',
    leave: 'is left',
  };
  const width = Math.max(...actions.map(({ stage }) => stage.length));
  return actions
    .map(({ stage, action, reason }) => `${stage.padEnd(width)}  ${said[action]}: ${reason}\n`)
    .join('');
}
