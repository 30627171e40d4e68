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
