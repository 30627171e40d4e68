import type { ErrorCode } from '../errors.js';
import { shownInput } from './input.js';
import type { ModelState } from './model-state.js';

/** A model's state for programs. */
export type ModelReport =
  | Exclude<ModelState, { readonly state: 'refused' }>
  | { name: string; state: 'refused'; code: ErrorCode; message: string };

/** A model's state with its error spelt out. */
export function modelReport(model: ModelState): ModelReport {
  if (model.state !== 'refused') return model;
  const { name, state, error } = model;
  return { name, state, code: error.code, message: error.message };
}

/** A model's state in a line for people. */
export function describeModel(model: ModelState): string {
  const name = `model ${shownInput(model.name)}`;
  if (model.state === 'present') return `${name}: present (${shownInput(model.path)})`;
  if (model.state === 'fetchable')
    return `${name}: not installed; it would be fetched (${model.from})`;
  return `${name}: ${model.error.message}`;
}

/** What to know of the model that comes along for trying; undefined for any other. */
export function toyNote(translator: string | undefined): string | undefined {
  if (translator !== 'demo') return undefined;
  return 'model demo is a toy of 215 words: what is beyond its small grammar comes out as nonsense';
}
