import { CpwError } from '../errors.js';
import { outputPath, planOutputs } from '../export/plan-outputs.js';
import { headerDuration } from '../media/header-duration.js';
import type { CliEvent } from './events.js';
import { exitStatusOf, worstStatus } from './exit-codes.js';
import { missingInput, shownInput } from './input.js';
import { cacheDirOf, modelsDirOf } from './library.js';
import { describeModel, modelReport } from './model-report.js';
import { modelStates, type ModelState, type ModelStates } from './model-state.js';
import { refusedFolder } from './output-folder.js';
import { clock } from './pace.js';
import { reportOf } from './report-error.js';
import type { TranscribeWork } from './transcribe-files.js';

type Plan = Extract<CliEvent, { type: 'plan' }>;

/** One input of the plan. */
interface PlannedFile {
  readonly file: string;
  readonly durationS?: number;
  readonly outputs: readonly string[];
  /** True where it cannot be read. */
  readonly missing: boolean;
  /** Why the run would refuse it. */
  readonly errors: readonly unknown[];
}

/** All that is known before a run. */
interface RunPlan {
  readonly files: readonly PlannedFile[];
  readonly states: ModelStates;
  readonly models: readonly ModelState[];
  /** What is wrong with all files: two would write the same output, or there is nowhere to write. */
  readonly together?: CpwError;
}

/**
 * Says what a run would do and resolves to the exit status that it would have if all goes well.
 * Computes, writes and fetches nothing.
 */
export async function dryRun(media: readonly string[], work: TranscribeWork): Promise<number> {
  const { events, general, reporter, failures } = work;
  const plan = await planRun(media, work);
  const { files, models, together } = plan;
  const refused: readonly unknown[] = [
    ...files.flatMap(({ errors }) => errors),
    ...(together === undefined ? [] : [together]),
    ...models.flatMap((one) => (one.state === 'refused' ? [one.error] : [])),
  ];
  events.emit({
    type: 'plan',
    files: files.map(reportFile),
    models: models.map(modelReport),
    ...recognizerOf(plan.states),
  });
  for (const { file, errors } of files) if (errors.length > 0) failures.set(file, errors[0]);
  if (general.json && together !== undefined) throw together;
  if (!general.json) reporter.result(describeRun(plan, refused));
  return worstStatus(refused.map(exitStatusOf));
}

async function planRun(media: readonly string[], work: TranscribeWork): Promise<RunPlan> {
  const { values } = work;
  const files: PlannedFile[] = [];
  for (const file of media) files.push(await planFile(file, work));
  const output = outputsOf(work);
  const together = await planOutputs(media, { ...output, overwrite: true }).then(
    () => (output.formats.length === 0 ? undefined : refusedFolder(output.outputDir)),
    cpwError,
  );
  const states = await modelStates({
    model: values.model.model,
    options: {
      ...values.recognizer,
      modelsDir: modelsDirOf(values.recognizer),
      cacheDir: cacheDirOf(values.recognizer),
    },
    vad: values.transcribe.vad !== false,
    mayFetch: !work.general.offline && values.recognizer.download === 'auto',
  });
  const { recognizer, detector } = states;
  const models = detector === undefined ? [recognizer] : [recognizer, detector];
  return { files, states, models, ...(together === undefined ? {} : { together }) };
}

function cpwError(error: unknown): CpwError {
  if (error instanceof CpwError) return error;
  throw error;
}

function describeRun(
  { files, states, models, together }: RunPlan,
  refused: readonly unknown[],
): string {
  const lines = [
    ...models.map(describeModel),
    ...describeEngine(states),
    ...files.flatMap(describeFile),
    ...(together === undefined ? [] : [`refused: ${together.message}`]),
    refused.length === 0 ? 'The run would start.' : verdict(files, refused),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A run goes on without an input that cannot be read; anything else that is wrong stops it. */
function verdict(files: readonly PlannedFile[], refused: readonly unknown[]): string {
  const unreadable = files.filter(({ missing }) => missing);
  const goes = unreadable.length === refused.length && unreadable.length < files.length;
  return goes
    ? `The run would start and fail for ${unreadable.length} of ${files.length} files.`
    : 'The run would not start.';
}

async function planFile(file: string, work: TranscribeWork): Promise<PlannedFile> {
  const output = outputsOf(work);
  const missing = await missingInput(file);
  const errors: unknown[] = missing === undefined ? [] : [missing];
  const { overwrite } = work.values.output;
  const planned = await planOutputs([file], { ...output, overwrite }).catch((error: unknown) => {
    errors.push(error);
    return planOutputs([file], { ...output, overwrite: true }).catch(() => []);
  });
  const [{ stem } = { stem: '' }] = planned;
  const durationS = file === '-' ? undefined : await headerDuration(file);
  return {
    file,
    ...(durationS === undefined ? {} : { durationS }),
    outputs: (planned.length === 0 ? [] : output.formats).map((format) =>
      outputPath(output.outputDir, stem, format),
    ),
    missing: missing !== undefined,
    errors,
  };
}

function outputsOf({
  values,
}: TranscribeWork): Pick<Parameters<typeof planOutputs>[1], 'formats' | 'outputDir'> {
  const { format: formats, outputDir } = values.output;
  return { formats, outputDir };
}

function reportFile({ file, durationS, outputs, errors }: PlannedFile): Plan['files'][number] {
  const reports = errors.map((error) => reportOf(error));
  return {
    file,
    ...(durationS === undefined ? {} : { durationS }),
    outputs: [...outputs],
    ...(errors.length === 0
      ? {}
      : { refused: reports.map(({ code, stage, message }) => ({ code, stage, message })) }),
  };
}

function recognizerOf({ plan }: ModelStates): Pick<Plan, 'recognizer'> {
  if (plan === undefined) return {};
  const { model, device, threads, replicas, reason } = plan;
  const { engine, computeType } = model;
  return { recognizer: { engine, device, computeType, threads, replicas, reason } };
}

function describeEngine({ plan }: ModelStates): readonly string[] {
  if (plan === undefined) return [];
  const { model, device, threads, replicas, reason } = plan;
  const shares = `${replicas} × ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return [`runs by ${model.engine} on ${device}, ${model.computeType}, ${shares} (${reason})`];
}

function describeFile({ file, durationS, outputs, errors }: PlannedFile): readonly string[] {
  const length = durationS === undefined ? '' : ` (${clock(durationS)})`;
  const to = outputs.length === 0 ? 'standard output' : outputs.map(shownInput).join(', ');
  const name = shownInput(file);
  if (errors.length === 0) return [`${name}${length} -> ${to}`];
  return errors.map((error) => `${name}: refused: ${reportOf(error).message}`);
}
