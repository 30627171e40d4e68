import { setImmediate as nextTurn } from 'node:timers/promises';

const notYet = Symbol('not yet');

/**
 * What is there of an iterable, together, `most` at a time: whoever works on batches begins with the
 * first item, and gets fuller ones when the items come faster than the work goes.
 */
export async function* batchesOf<T>(
  items: AsyncIterable<T>,
  most: number,
): AsyncGenerator<readonly T[], void> {
  const iterator = items[Symbol.asyncIterator]();
  let batch: T[] = [];
  let next = iterator.next();
  try {
    for (;;) {
      const waiting = batch.length === 0 ? next : Promise.race([next, nextTurn(notYet)]);
      const found = await waiting;
      if (found !== notYet && found.done !== true) {
        batch.push(found.value);
        next = iterator.next();
      }
      const ended = found !== notYet && found.done === true;
      if (batch.length > 0 && (found === notYet || ended || batch.length >= most)) {
        yield batch;
        batch = [];
      }
      if (ended) return;
    }
  } finally {
    // The item that is still waited for may fail when nobody listens any more.
    next.catch(() => undefined);
    await iterator.return?.();
  }
}
