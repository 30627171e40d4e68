import { exitStatusOf, worstStatus } from './exit-codes.js';
import { requireLanguage } from '../text/language.js';
import type { FlagValues } from './flags.js';
import { shownInput } from './input.js';
import { describeModel, modelReport } from './model-report.js';
import { translationModelState } from './model-state.js';
import { modelOptionsOf } from './library.js';
import { withLog } from './log.js';
import { tell, type EventContext, type RunEnd } from './run-events.js';
import type { TranslateSchemas } from './commands/translate.js';
import { outputsOf, planTranslation, type Target, type TextPlan } from './translate-plan.js';

/** One run of `translate`. */
export interface TranslateWork extends EventContext {
  readonly values: FlagValues<TranslateSchemas>;
}

/** Translates texts with one model, then media as jobs. Wrong inputs are told before anything is done. */
export async function translate(inputs: readonly string[], work: TranslateWork): Promise<RunEnd> {
  const { texts, media, targets } = await planTranslation(inputs, work.values);
  for (const text of texts) tellSkipped(text, targets, work);
  const ends: RunEnd[] = [];
  if (texts.length > 0 && work.values.dry.dryRun) ends.push(await showTexts(texts, work));
  else if (texts.length > 0) {
    const { translateFiles } = await import('./translate-files.js');
    await withLog(work, work.values.log, () => translateFiles(texts, work));
  }
  if (media.length > 0) {
    const { translateMedia } = await import('./translate-media.js');
    ends.push(await translateMedia(media, targets, work));
  }
  const failed = ends.reduce((sum, end) => sum + end.failed, 0);
  return { status: worstStatus(ends.map(({ status }) => status)), failed };
}

/** Tells of a file that names its language, and names one that is asked for. */
function tellSkipped(
  { input, source, targets }: TextPlan,
  all: readonly Target[],
  work: TranslateWork,
): void {
  if (targets.length === all.length) return;
  const message = `${shownInput(input)} is in ${requireLanguage(source).name} already`;
  tell(work, message, input);
}

/** Says what would be written of the texts, and whether the model is there. */
async function showTexts(texts: readonly TextPlan[], work: TranslateWork): Promise<RunEnd> {
  const { values, general, events, reporter } = work;
  const { download, modelsDir } = modelOptionsOf(values.recognizer, general);
  const { model } = values.command;
  const state = await translationModelState(model, { modelsDir, mayFetch: download === 'auto' });
  const files = texts.map((text) => ({ file: text.input, outputs: outputsOf(text, values) }));
  events.emit({ type: 'plan', files, models: [modelReport(state)] });
  const refused = state.state === 'refused';
  if (!general.json) {
    const lines = files.map(
      ({ file, outputs }) => `${shownInput(file)} -> ${outputs.map(shownInput).join(', ')}`,
    );
    const verdict = `The run would ${refused ? 'not ' : ''}start.`;
    reporter.result([describeModel(state), ...lines, verdict, ''].join('\n'));
  }
  if (!refused) return { status: 0, failed: 0 };
  return { status: exitStatusOf(state.error), failed: texts.length };
}
