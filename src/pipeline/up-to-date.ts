import { join } from 'node:path';
import { canonicalJson } from './canonical-json.js';
import { hashFile } from './hash-file.js';
import type { FileRecord, StageRecord } from './manifest.js';
import type { FoundInput } from './stage-parameters.js';
import { changed, type RunState, type StageNode } from './run-state.js';
import { recordsOf, type Missing } from './stage-sources.js';

/** What a stage would run with now. */
export interface Present {
  readonly inputs: readonly FoundInput[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Takes over what an earlier run has finished, where all that it depends on is the same. True if so. */
export async function keepIfValid(
  run: RunState,
  node: StageNode,
  present: Present,
): Promise<boolean> {
  const record = run.manifest.stage(node.plan.stage.id);
  if (record === undefined || run.force) return false;
  if ((await whyStale(run, node, { record, present })) !== undefined) return false;
  keep(run, node, record);
  return true;
}

/** Takes a stage outside of the selection as the manifest has it. */
export async function takeAsItIs(
  run: RunState,
  node: StageNode,
  findInputs: () => Promise<readonly FoundInput[] | Missing>,
): Promise<void> {
  const record = run.manifest.stage(node.plan.stage.id);
  if (record?.status === 'completed' && (await whyDamaged(run, record)) === undefined) {
    keep(run, node, record);
    return;
  }
  if (record?.status === 'skipped') node.state = skippedAs(node, record.reason ?? '');
  else {
    const found = await findInputs();
    node.state = 'missing' in found ? { kind: 'absent' } : await unselected(run, node, found);
  }
  changed(run);
}

/** A stage that never ran counts as skipped where its condition, asked now, says that it need not. */
export async function unselected(
  run: RunState,
  node: StageNode,
  inputs: readonly FoundInput[],
): Promise<StageNode['state']> {
  const { plan } = node;
  // What reads other stages' work may ask more of it than can be known.
  const onlyMedia = inputs.every(({ artefact }) => artefact.name === 'media');
  if (!onlyMedia || plan.stage.condition === undefined) return { kind: 'absent' };
  const { path } = run.media;
  const media = { path, file: async () => path, bytes: () => run.media.bytes() };
  const reason = await plan.stage.condition({
    options: plan.options,
    job: { ...run.job.request, input: path },
    signal: run.signal,
    engines: run.engines,
    inputs: Object.fromEntries(inputs.map(({ key }) => [key, media])) as never,
  });
  return reason === undefined ? { kind: 'absent' } : skippedAs(node, reason);
}

/** The state of a stage that is skipped for this reason. */
export function skippedAs({ plan }: StageNode, reason: string): StageNode['state'] {
  return { kind: 'skipped', why: `${plan.stage.id} was skipped: ${reason}` };
}

function keep(run: RunState, node: StageNode, record: StageRecord): void {
  node.lineage = record.lineage;
  node.state = { kind: 'done', files: record.outputs };
  run.emit({ type: 'stage', stage: node.plan.stage.id, state: 'kept' });
  changed(run);
}

/** Why a stage must run again, in words; undefined where what is there is still valid. */
export async function whyStale(
  run: RunState,
  { plan }: StageNode,
  {
    record,
    present,
    ignoreInputs = false,
  }: {
    readonly record: StageRecord;
    readonly present: Present;
    readonly ignoreInputs?: boolean;
  },
): Promise<string | undefined> {
  if (record.status !== 'completed') return `it is ${record.status}`;
  if (record.version !== plan.stage.version) return 'it is of another version';
  if (canonicalJson(record.parameters) !== canonicalJson(present.parameters)) {
    return 'its options have changed';
  }
  const damaged = await whyDamaged(run, record);
  if (damaged !== undefined) return damaged;
  if (ignoreInputs) return undefined;
  // Waits where an input is being made again: it may come out as it was.
  const inputs = await Promise.all(
    present.inputs.map(({ source, artefact }) => recordsOf(run, source, artefact)),
  );
  const now = inputs.flatMap((records) => records ?? []);
  return keysOf(now) === keysOf(record.inputs) ? undefined : 'its input has changed';
}

/** By content: a file that was moved, or made again the same, is the same input. */
function keysOf(records: readonly FileRecord[]): string {
  return canonicalJson(
    records.map(({ artefact, bytes, sha256, about }) => ({ artefact, bytes, sha256, about })),
  );
}

async function whyDamaged(run: RunState, { outputs }: StageRecord): Promise<string | undefined> {
  for (const { path, bytes, sha256 } of outputs) {
    const found = await hashFile(join(run.job.folder, path), run.signal).catch(() => undefined);
    run.signal.throwIfAborted();
    if (found === undefined) return `${path} is missing`;
    if (found.bytes !== bytes || found.sha256 !== sha256) return `${path} has changed`;
  }
  return undefined;
}
