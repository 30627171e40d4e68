import { readFile, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { incompatible } from './binary-file.js';
import { systemErrorCode } from '../../files/system-error.js';
import { fileError } from './file-error.js';

/** The largest JSON file of a Whisper model, tokenizer.json, has 4 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a JSON file. Throws CPW_FILE_NOT_FOUND, or CPW_MODEL_INCOMPATIBLE when it is no JSON or too
 * large to be a part of a model.
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'damaged';
    throw incompatible(path, `it is no JSON (${printable(reason)})`);
  }
}

/** {@link readJson} that also checks what was read, and names the first field that is wrong. */
export async function readJsonAs<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { data, error } = schema.safeParse(await readJson(path));
  if (error === undefined) return data;
  const [issue] = error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  const where = field === '' ? '' : `its '${printable(field)}': `;
  throw incompatible(path, `${where}${printable(issue?.message ?? 'it is damaged')}`);
}

/** {@link readJsonAs}, undefined where there is no such file. */
export async function readOptionalJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const missing = await stat(path).then(
    () => false,
    (error: unknown) => systemErrorCode(error) === 'ENOENT',
  );
  return missing ? undefined : readJsonAs(path, schema);
}

/** A text file of bounded size. */
export async function readText(path: string): Promise<string> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw incompatible(path, 'it is not a regular file');
    if (info.size > MAX_BYTES) {
      throw incompatible(path, `its ${info.size} bytes are too many for a part of a model`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError('open', path, error);
  }
}

/** Text from a damaged file, short and without what a terminal would obey. */
export function printable(text: string): string {
  const visible = text.replaceAll(/[^\P{C}]/gu, '\uFFFD');
  return visible.length > 120 ? `${visible.slice(0, 120)}…` : visible;
}
