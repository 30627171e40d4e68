import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from '../models/convert/file-error.js';
import { setAside } from './atomic-file.js';

/** What became of a file that was to be read. */
export type ReadJson<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'absent' }
  /** It held something else and was renamed. */
  | { readonly kind: 'set aside'; readonly problem: string; readonly aside: string };

/** Reads and checks a JSON file; one that is damaged or of another shape is set aside. */
export async function readJsonFile<Value>(
  path: string,
  schema: z.ZodType<Value>,
): Promise<ReadJson<Value>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'absent' };
    throw fileError('read', path, error);
  }
  const parsed = parse(text, schema);
  if ('value' in parsed) return { kind: 'read', value: parsed.value };
  return { kind: 'set aside', problem: parsed.problem, aside: await setAside(path) };
}

function parse<Value>(
  text: string,
  schema: z.ZodType<Value>,
): { readonly value: Value } | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const result = schema.safeParse(json);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  return { problem: `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}` };
}
