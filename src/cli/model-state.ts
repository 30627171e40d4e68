import { planRecognizer, type RecognizerPlan } from '../engines/load-recognizer.js';
import { CpwError } from '../errors.js';
import { canonicalName, findModel, SPEECH_DETECTOR } from '../models/registry.js';
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
  const { vad, mayFetch } = wish;
  const { state: recognizer, plan } = await recognizerState(wish);
  return {
    recognizer,
    ...(plan === undefined ? {} : { plan }),
    ...(vad ? { detector: await detectorState(wish.options.modelsDir, mayFetch) } : {}),
  };
}

async function recognizerState({
  model,
  options,
  mayFetch,
}: ModelWish): Promise<{ readonly state: ModelState; readonly plan?: RecognizerPlan }> {
  const name = canonicalName(model);
  try {
    const plan = await planRecognizer(model, options);
    return { state: { name, state: 'present', path: plan.model.path }, plan };
  } catch (error) {
    return { state: absent(name, error, mayFetch) };
  }
}

async function detectorState(
  modelsDir: string | undefined,
  mayFetch: boolean,
): Promise<ModelState> {
  const name = SPEECH_DETECTOR;
  try {
    return { name, state: 'present', path: await resolveSpeechDetector(modelsDir) };
  } catch (error) {
    return absent(name, error, mayFetch);
  }
}

function absent(name: string, error: unknown, mayFetch: boolean): ModelState {
  if (!(error instanceof CpwError)) throw error;
  const sources = Object.values(findModel(name)?.sources ?? {});
  const from = sources.map(({ repository }) => repository).join(' or ');
  const missing = mayFetch && error.code === 'CPW_MODEL_NOT_FOUND' && from !== '';
  return missing ? { name, state: 'fetchable', from } : { name, state: 'refused', error };
}
