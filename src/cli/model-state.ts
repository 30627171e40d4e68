import { missingForms, planRecognizer, type RecognizerPlan } from '../engines/load-recognizer.js';
import { CpwError } from '../errors.js';
import type { FetchStep } from '../models/fetch-plan.js';
import { canonicalName, findModel, SPEECH_DETECTOR } from '../models/registry.js';
import { bringTranslationModel } from '../models/translation-model.js';
import { resolveSpeechDetector } from '../models/store.js';
import type { RecognizerOptions } from '../options/recognizer.js';

/** Whether a model that a run needs is there. */
export type ModelState =
  | { readonly name: string; readonly state: 'present'; readonly path: string }
  /** A run would fetch it; `from` is its repository on the hub. */
  | { readonly name: string; readonly state: 'fetchable'; readonly from: string }
  /** A run would be refused. */
  | { readonly name: string; readonly state: 'refused'; readonly error: CpwError };

/** What a run would load. */
export interface ModelStates {
  readonly recognizer: ModelState;
  /** Engine, device and why; absent while the model is not there. */
  readonly plan?: RecognizerPlan;
  /** Absent where speech detection is off. */
  readonly detector?: ModelState;
}

/** What {@link modelStates} needs to know. */
export interface ModelWish {
  readonly model: string;
  readonly options: RecognizerOptions;
  /** True where speech is detected before it is recognised. */
  readonly vad: boolean;
  /** True where a run may fetch what is missing. */
  readonly mayFetch: boolean;
}

/** Says of each model that a run needs whether it is there; loads, fetches and writes nothing. */
export async function modelStates(wish: ModelWish): Promise<ModelStates> {
  const { state: recognizer, plan } = await recognizerState(wish);
  return {
    recognizer,
    ...(plan === undefined ? {} : { plan }),
    ...(wish.vad ? { detector: await detectorState(wish) } : {}),
  };
}

async function recognizerState({
  model,
  options,
  mayFetch,
}: ModelWish): Promise<{ readonly state: ModelState; readonly plan?: RecognizerPlan }> {
  const name = canonicalName(model);
  try {
    const steps = await missingForms(model, options);
    const offline = steps.every(({ step }) => step === 'make');
    if (steps.length > 0 && (mayFetch || offline)) return { state: fetchable(name, steps) };
    const plan = await planRecognizer(model, options);
    return { state: { name, state: 'present', path: plan.model.path }, plan };
  } catch (error) {
    return { state: refused(name, error) };
  }
}

async function detectorState({ options, mayFetch }: ModelWish): Promise<ModelState> {
  const name = SPEECH_DETECTOR;
  try {
    return { name, state: 'present', path: await resolveSpeechDetector(options.modelsDir) };
  } catch (error) {
    const missing = error instanceof CpwError && error.code === 'CPW_MODEL_NOT_FOUND';
    if (!missing || !mayFetch) return refused(name, error);
    return fetchable(name, [{ step: 'fetch', format: 'ggml' }]);
  }
}

/** The same of a translation model. */
export async function translationModelState(
  model: string,
  { modelsDir, mayFetch }: Pick<ModelWish, 'mayFetch'> & { readonly modelsDir: string | undefined },
): Promise<ModelState> {
  const name = canonicalName(model);
  const root = modelsDir === undefined ? {} : { root: modelsDir };
  try {
    const { path } = await bringTranslationModel(model, { ...root, download: 'never' });
    return { name, state: 'present', path };
  } catch (error) {
    const missing = error instanceof CpwError && error.code === 'CPW_MODEL_NOT_FOUND';
    if (!missing || !mayFetch || findModel(name) === undefined) return refused(name, error);
    return fetchable(name, [{ step: 'fetch', format: 'ctranslate2' }]);
  }
}

function fetchable(name: string, steps: readonly FetchStep[]): ModelState {
  const sources = findModel(name)?.sources;
  const from = steps.map(({ step, format }) => {
    if (step === 'make') return `its ${format} form is made here`;
    return sources?.[format]?.repository ?? 'the hub';
  });
  return { name, state: 'fetchable', from: from.join('; ') };
}

function refused(name: string, error: unknown): ModelState {
  if (!(error instanceof CpwError)) throw error;
  // Not refused: the form that an engine reads is made of it at the first use.
  if (error.details?.['kind'] === 'safetensors-whisper') {
    return { name, state: 'present', path: String(error.details['path']) };
  }
  return { name, state: 'refused', error };
}
