import { byId } from './elements.mjs';

/** Shows what went wrong; without an error, nothing. */
export function problem(error) {
  const shown = byId('problem');
  shown.hidden = error === undefined;
  shown.textContent = error?.message ?? '';
}
