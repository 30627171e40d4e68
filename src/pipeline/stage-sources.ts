import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { CpwError } from '../errors.js';
import { abortable } from '../media/abortable.js';
import type {
  Artefact,
  BytesInput,
  FilesInput,
  ItemsInput,
  JsonArtefact,
  JsonInput,
  LateInput,
} from '../stages/artefact.js';
import { finishedItems } from './finished-items.js';
import { readJsonFile } from './json-file.js';
import type { FileRecord } from './manifest.js';
import { until, type RunState, type StageNode } from './run-state.js';
import type { StageClock } from './stage-clock.js';
import type { StageOutputs } from './stage-outputs.js';

/** Where an input comes from. */
export type Source =
  | { readonly kind: 'media' }
  | { readonly kind: 'done'; readonly node: StageNode; readonly files: readonly FileRecord[] }
  | { readonly kind: 'growing'; readonly node: StageNode; readonly outputs: StageOutputs };

/** Nobody makes an input; why, in words. */
export interface Missing {
  readonly missing: string;
  /** Set where somebody would make it, who is not among the chosen stages and has never run. */
  readonly notRun?: CpwError;
}

/** The media file stands in for its own sound where nothing was made of it. */
const givenArtefacts = ['media', 'audio'];

/** Waits until an input can be read; the nearest stage before this one that makes it decides. */
export function waitForSource(
  run: RunState,
  node: StageNode,
  artefact: Artefact,
): Promise<Source | Missing> {
  return until(run, () => findSource(run, node, artefact));
}

/** Where an input comes from; undefined where it is not known yet. */
export function findSource(
  run: RunState,
  node: StageNode,
  { name, kind }: Artefact,
): Source | Missing | undefined {
  let why: string | undefined;
  for (const producer of producersOf(run, node, name)) {
    const { state, plan, outputs } = producer;
    if (state.kind === 'done') return { kind: 'done', node: producer, files: state.files };
    if (state.kind === 'waiting') return undefined;
    if (state.kind === 'running') {
      const grows = kind === 'items' || kind === 'bytes';
      if (!grows || outputs?.begun(name) !== true) return undefined;
      return { kind: 'growing', node: producer, outputs };
    }
    if (state.kind === 'absent') {
      const error = notRun(node, producer, name);
      return { missing: error.message, notRun: error };
    }
    why ??= state.kind === 'failed' ? `${plan.stage.id} failed` : state.why;
  }
  if (givenArtefacts.includes(name)) return { kind: 'media' };
  return { missing: why ?? `nothing makes ${name}` };
}

function producersOf(run: RunState, node: StageNode, name: string): readonly StageNode[] {
  const before = run.nodes.slice(0, run.nodes.indexOf(node));
  const makes = ({ plan }: StageNode): boolean =>
    Object.values(plan.stage.outputs).some((output) => output.name === name);
  return before.filter(makes).toReversed();
}

function notRun(node: StageNode, producer: StageNode, name: string): CpwError {
  const [mine, other] = [node.plan.stage.id, producer.plan.stage.id];
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `${mine} needs ${name} of ${other}, which is not finished and not among the chosen stages. ` +
      `Next step: choose ${other} too, e.g. --from ${other}.`,
    { stage: mine, details: { stage: mine, needs: other } },
  );
}

/** True where a stage that was read while it ran did not come to the end of it. */
export function isLost(source: Source): boolean {
  if (source.kind !== 'growing') return false;
  const { state, outputs } = source.node;
  return outputs !== source.outputs || (state.kind !== 'running' && state.kind !== 'done');
}

/** What an input's files are; of one that grows, when its stage is done. Undefined where it is lost. */
export async function recordsOf(
  run: RunState,
  source: Source,
  artefact: Artefact,
): Promise<readonly FileRecord[] | undefined> {
  if (source.kind === 'media') return [{ ...(await run.media.record()), artefact: artefact.name }];
  const files = await until(run, () => {
    const { state } = source.node;
    if (isLost(source)) return null;
    return state.kind === 'done' ? state.files : undefined;
  });
  return files?.filter((file) => file.artefact === artefact.name);
}

/** How an input is read; the clock counts what the stage waits for. */
export interface ReadContext {
  readonly run: RunState;
  readonly clock: StageClock;
  /** Hears of each item that is read. */
  readonly onItem: () => void;
}

/** The input as the stage sees it. */
export function inputOf(artefact: Artefact, source: Source, context: ReadContext): unknown {
  if (artefact.kind === 'items') return itemsInput(artefact, source, context);
  if (artefact.kind === 'bytes') return bytesInput(artefact, source, context);
  if (artefact.kind === 'json') return jsonInput(artefact, source, context.run);
  return filesInput(artefact, source, context.run);
}

/** An input that is not waited for. */
export function lateInput(
  artefact: JsonArtefact<unknown>,
  node: StageNode,
  { run, clock }: ReadContext,
): LateInput<unknown> {
  const find = (): Source | Missing | undefined => findSource(run, node, artefact);
  return {
    get ready() {
      return find() !== undefined;
    },
    read: async () => {
      const source = await clock.waiting(until(run, find));
      return 'missing' in source ? undefined : jsonInput(artefact, source, run).read();
    },
  };
}

function itemsInput(
  artefact: Extract<Artefact, { kind: 'items' }>,
  source: Source,
  { run, clock, onItem }: ReadContext,
): ItemsInput<unknown, unknown, unknown> {
  const input =
    source.kind === 'growing'
      ? source.outputs.followItems(artefact.name, run.signal)
      : finishedItems(artefact, pathIn(run, source, artefact));
  if (input === undefined) throw unreadable(artefact);
  return {
    head: () => clock.waiting(abortable(input.head(), run.signal)),
    tail: () => clock.waiting(abortable(input.tail(), run.signal)),
    items: () => clock.following(input.items(), onItem),
  };
}

function bytesInput(artefact: Artefact, source: Source, { run, clock }: ReadContext): BytesInput {
  if (source.kind !== 'growing') {
    const path = pathIn(run, source, artefact);
    return { path, file: async () => path, bytes: () => createReadStream(path) };
  }
  return {
    path: undefined,
    file: () =>
      clock.waiting(
        until(run, () => {
          const { state } = source.node;
          if (isLost(source)) throw unreadable(artefact);
          return state.kind === 'done' ? pathOf(run, state.files, artefact) : undefined;
        }),
      ),
    bytes: () => {
      const bytes = source.outputs.followBytes(artefact.name, run.signal);
      if (bytes === undefined) throw unreadable(artefact);
      return clock.following(bytes);
    },
  };
}

function jsonInput(
  artefact: JsonArtefact<unknown>,
  source: Source,
  run: RunState,
): JsonInput<unknown> {
  return {
    read: async () => {
      const found = await readJsonFile(pathIn(run, source, artefact), artefact.schema);
      if (found.kind === 'read') return found.value;
      throw unreadable(artefact);
    },
  };
}

function filesInput(artefact: Artefact, source: Source, run: RunState): FilesInput {
  return {
    list: async () => {
      if (source.kind !== 'done') throw unreadable(artefact);
      const files = source.files.filter((file) => file.artefact === artefact.name);
      return files.map(({ path, about = {} }) => ({
        name: basename(path),
        path: join(run.job.folder, path),
        about,
      }));
    },
  };
}

function pathIn(run: RunState, source: Source, artefact: Artefact): string {
  if (source.kind === 'media') return run.media.path;
  if (source.kind === 'growing') throw unreadable(artefact);
  return pathOf(run, source.files, artefact);
}

function pathOf(run: RunState, files: readonly FileRecord[], { name }: Artefact): string {
  const file = files.find(({ artefact }) => artefact === name);
  if (file === undefined) throw unreadable({ name });
  return join(run.job.folder, file.path);
}

function unreadable({ name }: Pick<Artefact, 'name'>): CpwError {
  return new CpwError('CPW_INTERNAL', `The input ${name} cannot be read`, { details: { name } });
}
