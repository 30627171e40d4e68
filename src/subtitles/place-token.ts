import { joinsWithoutSpace } from '../text/pieces.js';
import { breakKindOf } from './break-kind.js';
import type { PlacedToken } from './plan.js';
import type { Token } from './tokens.js';

/** A token behind the one before it. `first` of its segment: a space may be needed before it. */
export function placeToken(
  token: Token,
  first: boolean,
  before: PlacedToken | undefined,
): PlacedToken {
  const startMs = Math.max(before?.startMs ?? 0, token.startMs);
  const spaced = token.spaced && !(first && before && joinsWithoutSpace(before.text, token.text));
  const left = (before?.right ?? 0) + (spaced ? 1 : 0);
  const { language } = token;
  return {
    ...token,
    startMs,
    endMs: Math.max(startMs, token.endMs),
    spaced,
    left,
    right: left + token.width,
    breakBefore: token.inside
      ? 'inside'
      : breakKindOf({ before: before?.text ?? '', after: token.text, language }),
    pauseMs: Math.max(0, startMs - (before?.endMs ?? startMs)),
  };
}
