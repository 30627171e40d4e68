import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from '../models/convert/file-error.js';
import type { ItemsInput } from '../stages/artefact.js';
import { broken, check, checkItem, parsedItems, parsedJson, type Items } from './item-checks.js';
import { linesOf } from './json-lines.js';

/**
 * The artefact as a finished file. One that a stage wrote has an item a line and is read line by
 * line; any other layout of the same JSON is read as a whole. Throws CPW_INTERNAL where it breaks
 * its contract.
 */
export function finishedItems(
  artefact: Items,
  path: string,
): ItemsInput<unknown, unknown, unknown> {
  const whole = once(() => readItems(artefact, path));
  const ends = once(async () => (await endsByLine(artefact, path)) ?? whole());
  return {
    head: async () => (await ends()).head,
    tail: async () => (await ends()).tail,
    items: async function* items() {
      if ('items' in (await ends())) yield* (await whole()).items;
      else yield* parsedItems(artefact, itemLines(path));
    },
  };
}

/** What stands around the items, where the first line holds it. */
async function endsByLine(
  artefact: Items,
  path: string,
): Promise<Pick<WholeItems, 'head' | 'tail'> | undefined> {
  for await (const line of linesOf(createReadStream(path))) {
    if (!line.endsWith(`${JSON.stringify(artefact.key)}:[`)) return undefined;
    const { [artefact.key]: _, ...rest } = parsedJson(`${line}]}`, path) as Record<string, unknown>;
    return endsOf(artefact, rest, path);
  }
  return undefined;
}

/** The first line of the file, then one for each item. */
async function* itemLines(path: string): AsyncGenerator<string, void> {
  for await (const line of linesOf(createReadStream(path))) {
    if (line === ']}') return;
    yield line.endsWith(',') ? line.slice(0, -1) : line;
  }
  throw broken(path, 'it ends in the middle');
}

interface WholeItems {
  readonly head: unknown;
  readonly items: readonly unknown[];
  readonly tail: unknown;
}

/** Reads and checks a finished list. */
export async function readItems(artefact: Items, path: string): Promise<WholeItems> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error);
  });
  const shape = z.record(z.string(), z.unknown());
  const whole = check(shape, parsedJson(text, path), path) as Record<string, unknown>;
  const { [artefact.key]: list, ...rest } = whole;
  const rows = check(z.array(z.unknown()), list, `${path}: ${artefact.key}`) as unknown[];
  const items: unknown[] = [];
  for (const [index, row] of rows.entries()) {
    items.push(checkItem(artefact, row, { index, before: items.at(-1) }));
  }
  return { ...endsOf(artefact, rest, path), items };
}

function endsOf(
  artefact: Items,
  rest: Record<string, unknown>,
  path: string,
): Pick<WholeItems, 'head' | 'tail'> {
  return {
    head: check(artefact.head, pick(rest, artefact.head), `${path}: head`),
    tail: check(artefact.tail, pick(rest, artefact.tail), `${path}: tail`),
  };
}

function pick(values: Record<string, unknown>, schema: z.ZodType): unknown {
  if (!(schema instanceof z.ZodObject)) return values;
  const known = Object.keys(schema.shape).filter((key) => Object.hasOwn(values, key));
  return Object.fromEntries(known.map((key) => [key, values[key]]));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
