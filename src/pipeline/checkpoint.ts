import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { builtStages } from '../stages/stage-table.js';
import { setAside, writeAtomically } from './atomic-file.js';
import { readJsonFile } from './json-file.js';
import type { StageRecord } from './manifest.js';

const checkpointSchema = z.strictObject({
  stage: z.string().min(1),
  timestamp: z.iso.datetime(),
  state: z.record(z.string(), z.unknown()),
  completed: z.boolean(),
});

/** `.checkpoints/<stage>.json`: a stage's own state, also in the middle of it. */
export type Checkpoint = z.output<typeof checkpointSchema>;

const folderName = '.checkpoints';

/** Replaces a stage's checkpoint. */
export async function saveCheckpoint(
  job: string,
  { stage, state, completed }: Omit<Checkpoint, 'timestamp'>,
): Promise<void> {
  await mkdir(join(job, folderName), { recursive: true });
  const checkpoint: Checkpoint = { stage, timestamp: new Date().toISOString(), state, completed };
  await writeAtomically(pathOf(job, stage), `${JSON.stringify(checkpoint)}\n`);
}

/** A stage's checkpoint; undefined where there is none, or none that can be read, which is set aside. */
export async function loadCheckpoint(
  job: string,
  stage: string,
  warn: (message: string) => void = () => undefined,
): Promise<Checkpoint | undefined> {
  const found = await readJsonFile(pathOf(job, stage), checkpointSchema);
  if (found.kind === 'read' && found.value.stage === stage) return found.value;
  if (found.kind === 'absent') return undefined;
  const aside = found.kind === 'set aside' ? found.aside : await setAside(pathOf(job, stage));
  const problem = found.kind === 'set aside' ? found.problem : `it is one of ${found.value.stage}`;
  warn(`the checkpoint of ${stage} could not be used (${problem}) and is now ${aside}`);
  return undefined;
}

/**
 * A checkpoint as far as the manifest agrees with it. The manifest alone says what is finished: a
 * checkpoint that says something else, or that belongs to other input or options, is set aside.
 */
export async function agreedCheckpoint(
  job: string,
  stage: string,
  {
    record,
    warn,
  }: { readonly record: StageRecord | undefined; readonly warn: (message: string) => void },
): Promise<Checkpoint | undefined> {
  const checkpoint = await loadCheckpoint(job, stage, warn);
  if (checkpoint === undefined) return undefined;
  const problem = disagreement(checkpoint, record);
  if (problem === undefined) return checkpoint;
  const aside = await setAside(pathOf(job, stage));
  warn(`the checkpoint of ${stage} disagrees with the manifest (${problem}) and is now ${aside}`);
  return undefined;
}

function disagreement(
  { completed, state }: Checkpoint,
  record: StageRecord | undefined,
): string | undefined {
  if (record === undefined) return 'the manifest does not know the stage';
  if (completed !== (record.status === 'completed')) {
    return `it says ${completed ? 'completed' : 'not completed'}, the manifest ${record.status}`;
  }
  return state['lineage'] === record.lineage ? undefined : 'it belongs to other input or options';
}

/** The last stage, by the stages' order and not by time or name, whose checkpoint says that it is completed. */
export async function lastCompleted(
  job: string,
  order: readonly string[] = builtStages,
): Promise<string | undefined> {
  for (const stage of order.toReversed()) {
    if ((await loadCheckpoint(job, stage))?.completed === true) return stage;
  }
  return undefined;
}

/** Removes a stage's checkpoint, or all of them; resolves to how many there were. */
export async function clearCheckpoints(job: string, stage?: string): Promise<number> {
  const folder = join(job, folderName);
  const names = await readdir(folder).catch(() => []);
  const chosen = stage === undefined ? names : names.filter((name) => name === `${stage}.json`);
  await Promise.all(chosen.map((name) => rm(join(folder, name), { force: true })));
  return chosen.filter((name) => name.endsWith('.json')).length;
}

function pathOf(job: string, stage: string): string {
  return join(job, folderName, `${stage}.json`);
}
