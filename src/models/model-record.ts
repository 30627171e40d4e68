import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { fileError } from './convert/file-error.js';
import { modelPath, type ModelFormat } from './layout.js';
import { packageVersion } from './package-version.js';

/** The file beside a model that says what it consists of and where that came from. */
export const RECORD_FILE = 'files.json';

const recordSchema = z.object({
  version: z.literal(1),
  model: z.string(),
  format: z.string(),
  installedAt: z.string(),
  installedBy: z.string(),
  /** In words: `fetched`, `made from …`, `imported from …`. */
  origin: z.string(),
  files: z.array(
    z.object({
      path: z.string().regex(/^[^/\\]+$/u),
      bytes: z.number(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/u),
      url: z.string().optional(),
      verifiedBy: z.enum(['registry', 'hub', 'nobody']).optional(),
    }),
  ),
});

/** What is written down of an installed form of a model. */
export type ModelRecord = z.output<typeof recordSchema>;
/** One file of a {@link ModelRecord}. */
export type RecordedFile = ModelRecord['files'][number];

/** The folder that holds a form's files and its record. */
export function formFolder(root: string, name: string, format: ModelFormat): string {
  const path = modelPath(root, name, format);
  return format === 'ggml' ? dirname(path) : path;
}

/** The record in a folder; undefined where there is none, or none that can be read. */
export async function readRecord(folder: string): Promise<ModelRecord | undefined> {
  const text = await readFile(join(folder, RECORD_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // written by hand or cut short: as good as none
  }
}

/** Writes the record of a form into a folder, whole or not at all. */
export async function writeRecord(
  folder: string,
  facts: Pick<ModelRecord, 'model' | 'format' | 'origin' | 'files'>,
): Promise<void> {
  const record: ModelRecord = {
    version: 1,
    ...facts,
    installedAt: new Date().toISOString(),
    installedBy: `cpw-native ${packageVersion()}`,
  };
  const path = join(folder, RECORD_FILE);
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
    await rename(`${path}.new`, path);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/** Size and SHA-256 of a file. `onBytes` gets each piece's length. */
export async function hashFile(
  path: string,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      const { byteLength } = chunk as Buffer;
      hash.update(chunk as Buffer);
      bytes += byteLength;
      onBytes?.(byteLength);
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Size and hash of every file in a folder, by name; a record that is there is left out. */
export async function recordFiles(
  folder: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RecordedFile[]> {
  const names = (await readdir(folder)).filter((name) => name !== RECORD_FILE).toSorted();
  const files: RecordedFile[] = [];
  for (const path of names) files.push({ path, ...(await hashFile(join(folder, path), options)) });
  return files;
}
