import { createReadStream } from 'node:fs';
import { CpwError } from '../errors.js';
import type { ItemsInput, ItemsOutput } from '../stages/artefact.js';
import { writeAtomically } from './atomic-file.js';
import { canonicalJson } from './canonical-json.js';
import { deferred } from './deferred.js';
import { finishedItems } from './finished-items.js';
import { check, checkItem, parsedItems, type Items } from './item-checks.js';
import { GrowingFile } from './growing-file.js';
import { lineOf, linesOf } from './json-lines.js';

/** A list that is being written, and is read meanwhile. */
export interface GrowingItems {
  readonly output: ItemsOutput<unknown, unknown, unknown>;
  /** True once readers can begin. */
  begun(): boolean;
  count(): number;
  follow(signal: AbortSignal): ItemsInput<unknown, unknown, unknown>;
  /** True once the file is whole. */
  ended(): boolean;
  /** What was written is on the disk. */
  sync(): Promise<void>;
  /** Readers get the error. */
  fail(error: unknown): Promise<void>;
}

/**
 * A list in the making: lines of JSON beside, which readers follow and an interrupted run goes on
 * with, and at the end the one file of the artefact, written from them line by line.
 */
export function growingItems(artefact: Items, path: string, onBegun: () => void): GrowingItems {
  const list = new ItemsWriter(artefact, path, onBegun);
  return {
    output: list,
    begun: () => list.isBegun,
    count: () => list.count,
    follow: (signal) => list.follow(signal),
    ended: () => list.whole,
    sync: () => list.sync(),
    fail: (error) => list.fail(error),
  };
}

class ItemsWriter implements ItemsOutput<unknown, unknown, unknown> {
  readonly begun = deferred<unknown>();
  readonly #ended = deferred<unknown>();
  readonly #artefact: Items;
  readonly #path: string;
  readonly #onBegun: () => void;
  #file: GrowingFile | undefined;
  #last: unknown;
  whole = false;
  count = 0;
  isBegun = false;

  constructor(artefact: Items, path: string, onBegun: () => void) {
    this.#onBegun = onBegun;
    this.#artefact = artefact;
    this.#path = path;
  }

  async begin(head: unknown, options: { readonly keep?: number } = {}): Promise<unknown> {
    const checked = check(this.#artefact.head, head, this.#said('head'));
    const kept = await keptItems(this.#artefact, this.#path, { head: checked, ...options });
    this.#file = await GrowingFile.begin(this.#path, kept?.bytes);
    if (kept === undefined) await this.#file.append(lineOf(checked));
    this.count = kept?.count ?? 0;
    this.#last = kept?.last;
    this.isBegun = true;
    this.begun.resolve(checked);
    this.#onBegun();
    return kept?.last;
  }

  async write(item: unknown): Promise<void> {
    const checked = checkItem(this.#artefact, item, { index: this.count, before: this.#last });
    this.#last = checked;
    this.count += 1;
    await this.#open().append(lineOf(checked));
  }

  async end(tail: unknown): Promise<void> {
    const checked = check(this.#artefact.tail, tail, this.#said('tail'));
    const file = this.#open();
    const head = await this.begun.promise;
    await file.sync();
    const lines = linesOf(createReadStream(file.part, { end: file.length - 1 }));
    const all = { ...(head as object), ...(checked as object) };
    await writeAtomically(this.#path, wholeText(this.#artefact.key, all, lines));
    this.whole = true;
    this.#ended.resolve(checked);
    await file.discard();
  }

  follow(signal: AbortSignal): ItemsInput<unknown, unknown, unknown> {
    return {
      head: () => this.begun.promise,
      items: () => this.#follow(signal),
      tail: () => this.#ended.promise,
    };
  }

  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  async fail(error: unknown): Promise<void> {
    this.begun.reject(error);
    this.#ended.reject(error);
    await this.#file?.fail(error);
  }

  async *#follow(signal: AbortSignal): AsyncGenerator<unknown, void> {
    await this.begun.promise;
    // The lines are gone once the file is whole.
    if (this.whole) yield* finishedItems(this.#artefact, this.#path).items();
    else yield* parsedItems(this.#artefact, linesOf(this.#open().follow(signal)));
  }

  #open(): GrowingFile {
    if (this.#file !== undefined) return this.#file;
    throw new CpwError('CPW_INTERNAL', `${this.#artefact.name} was written before begin()`);
  }

  #said(part: string): string {
    return `the ${part} of ${this.#artefact.name}`;
  }
}

interface Kept {
  readonly bytes: number;
  readonly count: number;
  readonly last: unknown;
}

/** The items of an interrupted run that stay; undefined where they are not all there under this head. */
async function keptItems(
  artefact: Items,
  path: string,
  { head, keep = 0 }: { readonly head: unknown; readonly keep?: number },
): Promise<Kept | undefined> {
  if (keep === 0) return undefined;
  const part = path.replace(/([^/]+)$/u, '.$1.part');
  let bytes = 0;
  let count = -1;
  let last: unknown;
  try {
    for await (const line of linesOf(createReadStream(part))) {
      if (count === -1 && canonicalJson(JSON.parse(line)) !== canonicalJson(head)) return undefined;
      if (count >= 0) {
        last = checkItem(artefact, JSON.parse(line), { index: count, before: last });
      }
      bytes += Buffer.byteLength(line) + 1;
      count += 1;
      if (count === keep) return { bytes, count, last };
    }
  } catch {
    return undefined; // what cannot be read is made again
  }
  return undefined;
}

async function* wholeText(
  key: string,
  rest: object,
  lines: AsyncIterable<string>,
): AsyncGenerator<string, void> {
  const begin = JSON.stringify(rest).slice(0, -1);
  yield `${begin}${begin === '{' ? '' : ','}${JSON.stringify(key)}:[`;
  let count = -1;
  for await (const line of lines) {
    if (count >= 0) yield `${count === 0 ? '' : ','}\n${line}`;
    count += 1;
  }
  yield '\n]}\n';
}
