/** A promise that somebody else settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A promise with its ends; a rejection that nobody waits for is no crash. (Node 20 has no `Promise.withResolvers`.) */
export function deferred<T>(): Deferred<T> {
  let ends: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => (ends = { resolve, reject }));
  promise.catch(() => undefined);
  if (ends === undefined) throw new TypeError('a promise runs its executor at once');
  return { promise, ...ends };
}
