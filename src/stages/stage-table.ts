import { CpwError } from '../errors.js';
import { suggest } from '../options/suggest.js';

/** What a pipeline is run for. */
export const workflows = ['transcribe', 'translate', 'subtitle'] as const;
/** One of {@link workflows}. */
export type Workflow = (typeof workflows)[number];

/** One stage as all of the pipeline knows it. */
export interface StageRow {
  readonly id: string;
  /** True where a failure is a recorded warning; a stage that is not optional stops the job. */
  readonly optional: boolean;
  /** False for a stage that has its place here and no code yet. */
  readonly built: boolean;
  readonly workflows: readonly Workflow[];
}

const all = workflows;
const foreign = ['translate', 'subtitle'] as const;
const subtitle = ['subtitle'] as const;

/**
 * Every stage in the one order that plans, manifests, checkpoints, folders and the command line
 * follow. A row's place gives its folder the number, so a new row goes in with its number's price:
 * jobs of earlier releases are not resumed.
 */
export const stageTable = [
  { id: 'tmdb', optional: true, built: true, workflows: foreign },
  { id: 'glossary_load', optional: true, built: true, workflows: all },
  { id: 'demux', optional: false, built: true, workflows: all },
  { id: 'source_separation', optional: true, built: false, workflows: [] },
  { id: 'vad', optional: true, built: true, workflows: all },
  { id: 'asr', optional: false, built: true, workflows: all },
  { id: 'hallucination_removal', optional: true, built: true, workflows: all },
  { id: 'alignment', optional: true, built: true, workflows: all },
  { id: 'lyrics_detection', optional: true, built: false, workflows: [] },
  { id: 'diarisation', optional: true, built: false, workflows: [] },
  { id: 'translation', optional: false, built: true, workflows: foreign },
  { id: 'subtitle_generation', optional: false, built: true, workflows: subtitle },
  { id: 'export', optional: false, built: true, workflows: all },
  { id: 'mux', optional: false, built: true, workflows: subtitle },
] as const satisfies readonly StageRow[];

/** A stage that comes with the package. */
export type StageId = (typeof stageTable)[number]['id'];

/** The names of all stages that can run, in their order. */
export const builtStages: readonly StageId[] = stageTable
  .filter(({ built }) => built)
  .map(({ id }) => id);

/** The table's row; undefined for a stage of somebody's own. */
export function stageRow(id: string): StageRow | undefined {
  return stageTable.find((row) => row.id === id);
}

/** `06_asr`: the folder in a job that only this stage writes. `place` is counted from 0. */
export function stageFolder(id: string, place: number): string {
  return `${String(place + 1).padStart(2, '0')}_${id}`;
}

/** A stage's place in the table, counted from 0; -1 for one that is not in it. */
export function stagePlace(id: string): number {
  return stageTable.findIndex((row) => row.id === id);
}

/** Throws CPW_INVALID_OPTIONS for a name that no stage has, or one that is not built yet. */
export function checkStageName(id: string, known: readonly string[] = builtStages): void {
  if (known.includes(id)) return;
  const row = stageRow(id);
  const near = suggest(id, known);
  const problem =
    row === undefined
      ? `There is no stage ${JSON.stringify(id)}`
      : row.built
        ? `The stage ${id} is no part of this pipeline`
        : `The stage ${id} has its place in the order and is not built yet`;
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  throw new CpwError('CPW_INVALID_OPTIONS', `${problem}. Next step: ${hint}`, {
    details: { stage: id, known },
  });
}
