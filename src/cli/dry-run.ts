import { outputPath, planOutputs } from '../export/plan-outputs.js';
import { headerDuration } from '../media/header-duration.js';
import type { CliEvent } from './events.js';
import { exitStatusOf, worstStatus } from './exit-codes.js';
import { missingInput, shownInput } from './input.js';
import { modelsDirOf } from './library.js';
import { describeModel, modelReport } from './model-report.js';
import { modelStates, type ModelStates } from './model-state.js';
import { clock } from './pace.js';
import { reportOf } from './report-error.js';
import type { TranscribeWork } from './transcribe-files.js';

type Plan = Extract<CliEvent, { type: 'plan' }>;

/** One input of the plan. */
interface PlannedFile {
  readonly file: string;
  readonly durationS?: number;
  readonly outputs: string[];
  /** Why the run would refuse it. */
  readonly errors: readonly unknown[];
}

/**
 * Says what a run would do and resolves to the exit status that it would have if all goes well.
 * Computes, writes and fetches nothing.
 */
export async function dryRun(media: readonly string[], work: TranscribeWork): Promise<number> {
  const { values, events, general, reporter } = work;
  const files: PlannedFile[] = [];
  for (const file of media) files.push(await planFile(file, work));
  // What is wrong with the files together: two that would write the same output.
  const together = files.some(({ errors }) => errors.length > 0)
    ? undefined
    : await planOutputs(media, { ...outputsOf(work), overwrite: true }).then(
        noError,
        (error: unknown) => error,
      );
  const states = await modelStates({
    model: values.model.model,
    options: { ...values.recognizer, modelsDir: modelsDirOf(values.recognizer) },
    vad: values.transcribe.vad !== false,
  });
  const models = [states.recognizer, ...(states.detector === undefined ? [] : [states.detector])];
  const refused = [
    ...files.flatMap(({ errors }) => errors),
    ...(together === undefined ? [] : [together]),
    ...models.flatMap((one) => (one.state === 'refused' ? [one.error] : [])),
  ];
  events.emit({
    type: 'plan',
    files: files.map(reportFile),
    models: models.map(modelReport),
    ...recognizerOf(states),
  });
  for (const { file, errors } of files) if (errors.length > 0) work.failures.set(file, errors[0]);
  if (!general.json) {
    const lines = [
      ...models.map(describeModel),
      ...describePlan(states),
      ...files.flatMap(describeFile),
    ];
    if (together !== undefined) lines.push(`refused: ${reportOf(together).message}`);
    const end =
      refused.length === 0 ? 'The run would start.' : `The run would refuse: ${refused.length}.`;
    reporter.result([...lines, end].map((line) => `${line}\n`).join(''));
  } else if (together !== undefined) {
    throw together;
  }
  return worstStatus(refused.map(exitStatusOf));
}

async function planFile(file: string, work: TranscribeWork): Promise<PlannedFile> {
  const output = outputsOf(work);
  const missing = await missingInput(file);
  const errors: unknown[] = missing === undefined ? [] : [missing];
  const { overwrite } = work.values.output;
  const planned = await planOutputs([file], { ...output, overwrite }).catch((error: unknown) => {
    errors.push(error);
    return planOutputs([file], { ...output, overwrite: true });
  });
  const [{ stem } = { stem: '' }] = planned;
  const durationS = file === '-' ? undefined : await headerDuration(file);
  return {
    file,
    ...(durationS === undefined ? {} : { durationS }),
    outputs: output.formats.map((format) => outputPath(output.outputDir, stem, format)),
    errors,
  };
}

function outputsOf({
  values,
}: TranscribeWork): Pick<Parameters<typeof planOutputs>[1], 'formats' | 'outputDir'> {
  const { format: formats, outputDir } = values.output;
  return { formats, outputDir };
}

function noError(): undefined {
  return undefined;
}

function reportFile({ errors, ...file }: PlannedFile): Plan['files'][number] {
  if (errors.length === 0) return file;
  const refused = errors
    .map((error) => reportOf(error))
    .map(({ code, stage, message }) => ({ code, stage, message }));
  return { ...file, refused };
}

function recognizerOf({ plan }: ModelStates): Pick<Plan, 'recognizer'> {
  if (plan === undefined) return {};
  const { model, device, threads, replicas, reason } = plan;
  const { engine, computeType } = model;
  return { recognizer: { engine, device, computeType, threads, replicas, reason } };
}

function describePlan({ plan }: ModelStates): readonly string[] {
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
