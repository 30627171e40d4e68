import type { NativeAddon, NativeMediaIdentity } from '../native/addon.js';
import { abortable } from './abortable.js';
import { checkBuffer, checkChunk, resumed } from './pump.js';

/** An encoded stream of which the beginning was looked at; `bytes` gives all of it. */
export interface IdentifiedStream {
  readonly identity: NativeMediaIdentity;
  readonly head: Uint8Array;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Shorter than any header that decides. */
const firstLook = 12;
/** Tags with pictures stand before the audio; behind this much of them nobody looks. */
const longestHead = 64 << 20;

/** Reads of a stream what it takes to tell who decodes it. */
export async function identifyStream(
  addon: NativeAddon,
  first: Uint8Array,
  rest: { readonly iterator: AsyncIterator<unknown>; readonly signal?: AbortSignal | undefined },
): Promise<IdentifiedStream> {
  const { iterator, signal } = rest;
  checkBuffer(first);
  const ahead: Uint8Array[] = [Uint8Array.from(first)];
  let length = first.length;
  let lookAt = firstLook;
  let whole = false;
  const found = (identity: NativeMediaIdentity): IdentifiedStream => ({
    identity,
    head: Buffer.concat(ahead),
    bytes: resumed(ahead, iterator as AsyncIterator<Uint8Array>),
  });
  while (length <= longestHead && !(whole && length === 0)) {
    if (length >= lookAt || whole) {
      const identity = addon.AudioInput.identifyHead(Buffer.concat(ahead), whole);
      if (identity.route !== 'more') return found(identity);
      lookAt = length * 2;
    }
    const next = await abortable(iterator.next(), signal);
    whole = next.done === true;
    if (next.done === true) continue;
    checkChunk(next.value, 'bytes');
    const chunk = next.value as Uint8Array;
    checkBuffer(chunk);
    // Copied: the caller may use its buffer again once it is asked for more.
    ahead.push(Uint8Array.from(chunk));
    length += chunk.length;
  }
  return found({ route: 'decoded', format: '', channels: 0 });
}
