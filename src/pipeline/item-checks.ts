import type { z } from 'zod';
import { CpwError } from '../errors.js';
import type { ItemsArtefact } from '../stages/artefact.js';

/** A list, whatever is in it. */
export type Items = ItemsArtefact<unknown, unknown, unknown>;

/** The items in lines of JSON, the first of which is the head; each is checked. */
export async function* parsedItems(
  artefact: Items,
  lines: AsyncIterable<string>,
): AsyncGenerator<unknown, void> {
  let index = -1;
  let before: unknown;
  for await (const line of lines) {
    // The first line is the head.
    if (index >= 0) {
      before = checkItem(artefact, parsedJson(line, artefact.name), { index, before });
      yield before;
    }
    index += 1;
  }
}

/** The item as its contract takes it. Throws CPW_INTERNAL that says what breaks it. */
export function checkItem(
  artefact: Items,
  item: unknown,
  { index, before }: { readonly index: number; readonly before: unknown },
): unknown {
  const name = `${artefact.name}[${index}]`;
  const checked = check(artefact.item, item, name);
  const problem = artefact.follows?.(checked, before);
  if (problem === undefined) return checked;
  throw broken(name, problem);
}

/** The value as the schema takes it. Throws CPW_INTERNAL. */
export function check(schema: z.ZodType, value: unknown, name: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw broken(name, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** What is said of a file that is not what a stage writes. */
export function broken(name: string, problem: string): CpwError {
  return new CpwError('CPW_INTERNAL', `${name} breaks its contract: ${problem}`, {
    details: { name, problem },
  });
}

/** Throws CPW_INTERNAL. */
export function parsedJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CpwError('CPW_INTERNAL', `${name} is not JSON: ${String(cause)}`, { cause });
  }
}
