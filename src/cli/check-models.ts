import { join } from 'node:path';
import { exitStatusOf, worstStatus } from './exit-codes.js';
import { jobModelStates } from './job-models.js';
import type { MediaJobs } from './media-jobs.js';
import { describeModel, modelReport, toyNote } from './model-report.js';
import type { ModelState } from './model-state.js';
import type { EventContext, RunEnd } from './run-events.js';

/**
 * Tells of a model that is not there before hours of other work are done; with --dry-run, of each
 * what a run would do about it. A job that goes on has models of its own, and chosen stages may need
 * none.
 */
export async function checkModels(
  { media, models, recognizer, selected, work }: Checked,
  context: EventContext,
): Promise<readonly RefusedModel[]> {
  const { resume, from, to, only } = selected;
  if (resume || from !== undefined || to !== undefined || only.length > 0) return [];
  const states = await jobModelStates(models, recognizer, context);
  const toy = toyNote(models.translator);
  if (toy !== undefined) context.reporter.note(toy);
  const refused = states.filter((one) => one.state === 'refused');
  const [first] = refused;
  if (!work.dryRun && first !== undefined) throw first.error;
  if (work.dryRun) {
    const files = media.map((file) => ({ file, outputs: outputsOf(file, work) }));
    context.events.emit({ type: 'plan', files, models: states.map(modelReport) });
    if (!context.general.json) context.reporter.result(states.map(modelLine).join(''));
  }
  return refused;
}

function outputsOf(file: string, { outputDir, resultNames }: MediaJobs['work']): string[] {
  return (resultNames?.(file) ?? []).map((name) => join(outputDir, name));
}

type Checked = Pick<MediaJobs, 'models' | 'recognizer' | 'work'> & {
  readonly media: readonly string[];
  readonly selected: MediaJobs['pipeline'];
};
type RefusedModel = Extract<ModelState, { readonly state: 'refused' }>;

function modelLine(state: ModelState): string {
  return `${describeModel(state)}\n`;
}

/** How a run would end by what is known before it. */
export function verdict(
  { status, failed }: RunEnd,
  refused: readonly RefusedModel[],
  { general, reporter }: EventContext,
): RunEnd {
  const worst = worstStatus([status, ...refused.map(({ error }) => exitStatusOf(error))]);
  const starts = refused.length === 0;
  const files = failed === 0 ? '' : ` and fail for ${failed} of the files`;
  const said = starts ? `The run would start${files}.` : 'The run would not start.';
  if (!general.json) reporter.result(`${said}\n`);
  return { status: worst, failed };
}
