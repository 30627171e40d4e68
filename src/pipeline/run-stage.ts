import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type { Artefact, JsonArtefacts } from '../stages/artefact.js';
import type { ConditionContext, JobFacts, Skipped, StageContext } from '../stages/stage.js';
import { digestOf } from './canonical-json.js';
import { agreedCheckpoint, clearCheckpoints, saveCheckpoint } from './checkpoint.js';
import { changed, type RunState, type StageNode } from './run-state.js';
import { StageClock } from './stage-clock.js';
import { attemptEnded, attemptFailed, skipStage } from './stage-end.js';
import { noteMedia, supervisionOf } from './stage-limits.js';
import { retryLater } from './stage-retry.js';
import { parametersOf, type FoundInput } from './stage-parameters.js';
import { StageOutputs } from './stage-outputs.js';
import {
  inputOf,
  isLost,
  lateInput,
  recordsOf,
  waitForSource,
  type Missing,
  type Source,
} from './stage-sources.js';
import { supervise } from './supervise.js';
import { keepIfValid, skippedAs, takeAsItIs } from './up-to-date.js';
import { watchedEngines } from './watched-engines.js';

type Condition = ConditionContext<
  Record<string, Artefact>,
  Record<string, Artefact>,
  JsonArtefacts,
  unknown
>;
type Context = StageContext<
  Record<string, Artefact>,
  Record<string, Artefact>,
  JsonArtefacts,
  Record<string, Artefact>,
  unknown
>;

/** One attempt at a stage. */
export interface Attempt {
  readonly node: StageNode;
  readonly inputs: readonly FoundInput[];
  readonly parameters: Record<string, unknown>;
  readonly lineage: string;
  readonly outputs: StageOutputs;
  readonly clock: StageClock;
  readonly startedAt: string;
  readonly warnings: string[];
  /** What the stage has said of itself last. */
  readonly said: { audioS?: number; words?: number; device?: 'cpu' | 'cuda' | 'metal' };
}

/** Runs a stage, or finds that it need not; again where a stage that it read was lost meanwhile. */
export async function runStage(run: RunState, node: StageNode): Promise<void> {
  if (!node.plan.selected) return takeAsItIs(run, node, () => findInputs(run, node));
  for (;;) {
    try {
      if (!(await isToBeRepeated(run, node))) return;
    } catch (error) {
      // What an attempt fails with does not come here: this is a model that cannot be fetched.
      if (!(await retryLater(run, node, { error }))) throw error;
    }
  }
}

/** Runs a stage once, unless it need not run. True where it must be tried again. */
async function isToBeRepeated(run: RunState, node: StageNode): Promise<boolean> {
  const found = await findInputs(run, node);
  if ('missing' in found) {
    if (found.notRun !== undefined) throw found.notRun;
    const reason = found.missing;
    await skipStage(run, node, { reason, state: { kind: 'skipped', why: reason } });
    return false;
  }
  const { stage } = node.plan;
  const parameters = await parametersOf(run, node);
  node.lineage = digestOf({
    stage: stage.id,
    version: stage.version,
    parameters,
    inputs: found.map(({ key, source }) => [key, lineageOf(run, source)]),
  });
  if (await keepIfValid(run, node, { inputs: found, parameters })) return false;
  return attempt(run, node, { inputs: found, parameters });
}

/** Waits for everything that the stage needs; the inputs that it can do without may be absent. */
async function findInputs(
  run: RunState,
  node: StageNode,
): Promise<readonly FoundInput[] | Missing> {
  const { inputs, uses = {} } = node.plan.stage;
  const found: FoundInput[] = [];
  for (const [key, artefact] of Object.entries({ ...inputs, ...uses })) {
    const source = await waitForSource(run, node, artefact);
    if (!('missing' in source)) found.push({ key, artefact, source });
    else if (Object.hasOwn(inputs, key)) return source;
  }
  return found;
}

function lineageOf(run: RunState, source: Source): string {
  if (source.kind !== 'media') return source.node.lineage;
  const { bytes, modifiedMs } = run.media.stamp;
  return digestOf({ path: run.media.path, bytes, modifiedMs });
}

/** True where the stage must be tried again. */
async function attempt(
  run: RunState,
  node: StageNode,
  { inputs, parameters }: Pick<Attempt, 'inputs' | 'parameters'>,
): Promise<boolean> {
  const one = newAttempt(run, node, { inputs, parameters });
  const { outputs, clock } = one;
  try {
    const skipped = await supervise(
      ({ signal }) => {
        // Each read of a growing file listens.
        setMaxListeners(0, signal);
        return begin({ ...run, signal }, one);
      },
      supervisionOf(run, one),
    );
    if (skipped !== undefined) {
      const reason = skipped.skipped;
      await skipStage(run, node, { reason, state: skippedAs(node, reason) });
      await outputs.fail(new Error(reason));
      return false;
    }
    const files = await outputs.finish(run.signal);
    const records = await Promise.all(
      inputs.map(({ source, artefact }) => clock.waiting(recordsOf(run, source, artefact))),
    );
    if (inputs.some(({ source }) => isLost(source))) throw new Error('an input was lost');
    await attemptEnded(run, one, { files, inputs: records.flatMap((record) => record ?? []) });
    return false;
  } catch (error) {
    return attemptFailed(run, one, error);
  }
}

function newAttempt(
  run: RunState,
  node: StageNode,
  { inputs, parameters }: Pick<Attempt, 'inputs' | 'parameters'>,
): Attempt {
  const { stage, folder } = node.plan;
  const job = run.job.folder;
  const place = { job, folder: join(job, folder) };
  const clock = new StageClock();
  const heard = { onNews: () => changed(run), onWrite: () => clock.beat() };
  return {
    node,
    inputs,
    parameters,
    lineage: node.lineage,
    outputs: new StageOutputs(place, stage.outputs, heard),
    clock,
    startedAt: new Date().toISOString(),
    warnings: [...node.notes],
    said: {},
  };
}

/** Asks the stage's condition, then runs it. */
async function begin(run: RunState, one: Attempt): Promise<Skipped | undefined> {
  const { node, outputs, clock } = one;
  const { stage } = node.plan;
  node.itemsRead = 0;
  const condition = conditionContext(run, one);
  const reason = await stage.condition?.(condition);
  run.signal.throwIfAborted();
  if (reason !== undefined) return { skipped: reason };
  const state = await resumable(run, one);
  run.signal.throwIfAborted();
  await outputs.prepare(state !== undefined);
  await run.manifest.setStage(stage.id, {
    status: 'running',
    version: stage.version,
    lineage: one.lineage,
    startedAt: one.startedAt,
    parameters: one.parameters,
    inputs: [],
    outputs: [],
    warnings: [],
    errors: [],
  });
  node.outputs = outputs;
  node.clock = clock;
  node.state = { kind: 'running' };
  run.emit({ type: 'stage', stage: stage.id, state: 'running' });
  changed(run);
  const result = await stage.run(stageContext(run, one, { condition, state }));
  run.signal.throwIfAborted();
  return result ?? undefined;
}

/** What an interrupted run of the same work has saved; anything else that was saved goes. */
async function resumable(run: RunState, { node, lineage }: Attempt): Promise<unknown> {
  const { id } = node.plan.stage;
  const { folder } = run.job;
  const warn = (message: string): void => run.emit({ type: 'warning', stage: id, message });
  const record = run.manifest.stage(id);
  const checkpoint = await agreedCheckpoint(folder, id, { record, warn });
  const usable = !run.force && checkpoint?.completed === false && record?.lineage === lineage;
  if (usable) return checkpoint.state['data'];
  await clearCheckpoints(folder, id);
  return undefined;
}

function conditionContext(run: RunState, { node, inputs, clock }: Attempt): Condition {
  const onItem = (): void => {
    node.itemsRead += 1;
  };
  const context = { run, clock, onItem };
  const read = inputs.map(({ key, artefact, source }) => [key, inputOf(artefact, source, context)]);
  const late = Object.entries(node.plan.stage.late ?? {}).map(([key, artefact]) => [
    key,
    lateInput(artefact, node, context),
  ]);
  return {
    options: node.plan.options,
    job: jobFacts(run),
    signal: run.signal,
    engines: watchedEngines(run.engines, (news) =>
      run.emit({ type: 'work', stage: node.plan.stage.id, ...news }),
    ),
    inputs: Object.fromEntries([...read, ...late]) as Condition['inputs'],
  };
}

function jobFacts({ job, media }: RunState): JobFacts {
  const { id, workflow, stem } = job.request;
  return { id, workflow, input: media.path, stem };
}

function stageContext(
  run: RunState,
  one: Attempt,
  { condition, state }: { readonly condition: Condition; readonly state: unknown },
): Context {
  const { node, outputs, warnings, said, lineage } = one;
  const { id } = node.plan.stage;
  return {
    ...condition,
    outputs: outputs.writers as Context['outputs'],
    checkpoint: {
      load: async (schema) => schema.safeParse(state).data,
      save: async (data) => {
        outputs.check();
        one.clock.beat();
        await outputs.sync();
        const saved = { stage: id, completed: false, state: { lineage, data } };
        await saveCheckpoint(run.job.folder, saved);
      },
    },
    warn: (message) => {
      warnings.push(message);
      run.emit({ type: 'warning', stage: id, message });
    },
    progress: ({ fraction, ...news }) => {
      one.clock.beat();
      Object.assign(said, news);
      noteMedia(node, { fraction, audioS: said.audioS });
      run.emit({ type: 'progress', stage: id, ...progressOf(one, fraction) });
    },
  };
}

function progressOf(
  { node, inputs, outputs, said }: Attempt,
  fraction: number | undefined,
): { items: number; queued: number; fraction?: number; audioS?: number } {
  const waiting = inputs.reduce(
    (sum, { source }) => sum + (source.kind === 'growing' ? source.outputs.items : 0),
    0,
  );
  const { audioS } = said;
  return {
    items: outputs.items,
    queued: Math.max(0, waiting - node.itemsRead),
    ...(fraction === undefined ? {} : { fraction }),
    ...(audioS === undefined ? {} : { audioS }),
  };
}
