import type { z } from 'zod';
import type {
  Artefact,
  Artefacts,
  InputOf,
  JsonArtefact,
  JsonArtefacts,
  LateInput,
  OutputOf,
} from './artefact.js';
import type { DeviceName } from '../types.js';
import type { Engines } from './engines.js';
import type { Workflow } from './stage-table.js';

/** What a stage reads and writes by, under the names of its declaration. */
export type InputsOf<Named extends Artefacts> = {
  readonly [Name in keyof Named]: InputOf<Named[Name]>;
};
/** The same where an artefact may be missing. */
export type MaybeInputsOf<Named extends Artefacts> = {
  readonly [Name in keyof Named]: InputOf<Named[Name]> | undefined;
};
/** The same for values that are not waited for. */
export type LateInputsOf<Named extends JsonArtefacts> = {
  readonly [Name in keyof Named]: Named[Name] extends JsonArtefact<infer Value>
    ? LateInput<Value>
    : never;
};
/** What a stage writes by, under the names of its declaration. */
export type OutputsOf<Named extends Artefacts> = {
  readonly [Name in keyof Named]: OutputOf<Named[Name]>;
};

/** A stage's answer that it had nothing to do after all. */
export interface Skipped {
  readonly skipped: string;
}

/** What a stage knows of the job around it. */
export interface JobFacts {
  readonly id: string;
  readonly workflow: Workflow;
  /** The media file. */
  readonly input: string;
  /** The media file's name without folder and extension, safe as a file name. */
  readonly stem: string;
}

/** A stage's own memory of what it has done, for the case that the process dies. */
export interface CheckpointStore {
  /** What was saved last; undefined where nothing was, or where it belongs to other input or options. */
  load<State>(schema: z.ZodType<State>): Promise<State | undefined>;
  /** Replaces what was saved; what `ItemsOutput.write` has resolved for is on the disk before it. */
  save(state: Readonly<Record<string, unknown>>): Promise<void>;
}

/** What a stage is asked with, before it runs. */
export interface ConditionContext<
  Inputs extends Artefacts,
  Uses extends Artefacts,
  Late extends JsonArtefacts,
  Options,
> {
  readonly options: Options;
  readonly job: JobFacts;
  readonly signal: AbortSignal;
  readonly inputs: InputsOf<Inputs> & MaybeInputsOf<Uses> & LateInputsOf<Late>;
  readonly engines: Engines;
}

/** What a stage runs with. */
export interface StageContext<
  Inputs extends Artefacts,
  Uses extends Artefacts,
  Late extends JsonArtefacts,
  Outputs extends Artefacts,
  Options,
> extends ConditionContext<Inputs, Uses, Late, Options> {
  readonly outputs: OutputsOf<Outputs>;
  readonly checkpoint: CheckpointStore;
  /** Something that has no effect, or that may surprise; it is kept in the manifest. */
  warn(this: void, message: string): void;
  /** How far the stage is. */
  progress(this: void, news: StageProgress): void;
}

/** News of a running stage. */
export interface StageProgress {
  /** 0..1; absent where nobody knows. */
  readonly fraction?: number | undefined;
  /** Seconds of audio that are done. */
  readonly audioS?: number | undefined;
  /** Words that are done. */
  readonly words?: number | undefined;
  /** Where the stage computes, for budgets that tell devices apart. */
  readonly device?: DeviceName | undefined;
}

/**
 * One step of a pipeline. It reads artefacts and writes others, and knows no other stage: what
 * stands before it may change, be skipped or be somebody's own.
 *
 * A stage begins once its inputs are there: a value or files when they are finished, a list or a
 * growing file as soon as it has begun, so that stages overlap. It runs again when its inputs,
 * its `parameters` or its `version` have changed.
 *
 * @example A stage that runs only for long recordings
 * ```ts
 * const chapters = defineStage({
 *   id: 'chapters',
 *   version: 1,
 *   after: 'alignment',
 *   inputs: { segments: artefacts.segments },
 *   outputs: { chapters: chaptersArtefact },
 *   options: z.strictObject({ everyS: z.number().min(1).default(300) }),
 *   condition: async ({ inputs, options }) =>
 *     (await inputs.segments.tail()).duration < options.everyS ? 'it is too short' : undefined,
 *   run: async ({ inputs, outputs }) => {
 *     const starts: number[] = [];
 *     for await (const { start } of inputs.segments.items()) starts.push(start);
 *     await outputs.chapters.write({ starts });
 *   },
 * });
 * ```
 */
export interface Stage<
  Inputs extends Artefacts = Artefacts,
  Uses extends Artefacts = Artefacts,
  Late extends JsonArtefacts = JsonArtefacts,
  Outputs extends Artefacts = Artefacts,
  Schema extends z.ZodType = z.ZodType,
> {
  /** Lower case with underscores. */
  readonly id: string;
  /** Raised with every change that may change the result. */
  readonly version: number;
  /** The stage of the table behind which one of your own stands. */
  readonly after?: string;
  /** What it cannot do without: where one is missing, the stage is skipped. */
  readonly inputs: Inputs;
  /** What it takes where it is there, and waits for. */
  readonly uses?: Uses;
  /**
   * What it looks at where it is there, and does not wait for: reading it waits. It decides nothing
   * that is kept: a change of it does not make the stage run again.
   */
  readonly late?: Late;
  readonly outputs: Outputs;
  readonly options: Schema;
  /** Why the stage need not run, in words; undefined: it must. */
  condition?(
    context: ConditionContext<Inputs, Uses, Late, z.output<Schema>>,
  ): Promise<string | undefined> | string | undefined;
  /**
   * What the result depends on beside the inputs. Default: the options. Leave out what changes only
   * the speed; add what stands behind an option, such as the files of a model.
   */
  parameters?(
    options: z.output<Schema>,
    context: { readonly engines: Engines; readonly signal: AbortSignal },
  ): Promise<Readonly<Record<string, unknown>>> | Readonly<Record<string, unknown>>;
  run(
    context: StageContext<Inputs, Uses, Late, Outputs, z.output<Schema>>,
  ): Promise<Skipped | void>;
}

/** A stage with the types of its declaration forgotten, as pipelines keep it. */
export interface AnyStage extends Stage {}

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- no keys is what it means
type NoArtefacts = Readonly<Record<never, Artefact>>;
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- as above
type NoValues = Readonly<Record<never, JsonArtefact<unknown>>>;

/** Types a stage by its own declaration; see {@link Stage}. */
export function defineStage<
  const Inputs extends Artefacts,
  const Outputs extends Artefacts,
  Schema extends z.ZodType,
  const Uses extends Artefacts = NoArtefacts,
  const Late extends JsonArtefacts = NoValues,
>(stage: Stage<Inputs, Uses, Late, Outputs, Schema>): AnyStage {
  return stage;
}
