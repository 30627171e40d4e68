import { join } from 'node:path';
import { CpwError } from '../errors.js';
import type { InstalledModel, ModelFormat } from './layout.js';
import { formFolder, hashFile, readRecord, type RecordedFile } from './model-record.js';
import { findModel } from './registry.js';

/** What was found of one form of a model. */
export interface FormReport {
  readonly name: string;
  readonly format: ModelFormat;
  readonly path: string;
  /** `unrecorded`: nothing is written down of it, so nothing can be compared. */
  readonly state: 'ok' | 'damaged' | 'unrecorded';
  readonly problems: readonly string[];
  /** A command that mends it; absent where nothing is to be mended. */
  readonly mend?: string;
}

export interface VerifyOptions {
  readonly root: string;
  readonly formats?: readonly ModelFormat[] | undefined;
  readonly signal?: AbortSignal;
  /** Gets the part of all bytes that has been read, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Reads every file of a model again and compares it with what was recorded when it came. */
export async function verifyModel(
  { name, formats }: InstalledModel,
  options: VerifyOptions,
): Promise<readonly FormReport[]> {
  const chosen = formats.filter(({ format }) => options.formats?.includes(format) ?? true);
  const total = chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const onBytes = (bytes: number): void => {
    read += bytes;
    options.onProgress?.(Math.min(1, read / Math.max(1, total)));
  };
  const reports: FormReport[] = [];
  for (const { format, path } of chosen) {
    const folder = formFolder(options.root, name, format);
    const record = await readRecord(folder);
    if (record === undefined) {
      const mend = mendingCommand(name, format);
      const problems = ['it has no record of its hashes'];
      reports.push({ name, format, path, state: 'unrecorded', problems, ...(mend && { mend }) });
      continue;
    }
    const problems: string[] = [];
    for (const file of record.files) {
      const problem = await problemOf(folder, file, { signal: options.signal, onBytes });
      if (problem !== undefined) problems.push(`${file.path} ${problem}`);
    }
    const state = problems.length === 0 ? 'ok' : 'damaged';
    const mend = state === 'ok' ? undefined : mendingCommand(name, format);
    reports.push({ name, format, path, state, problems, ...(mend && { mend }) });
  }
  return reports;
}

async function problemOf(
  folder: string,
  { path, bytes, sha256 }: RecordedFile,
  control: { signal: AbortSignal | undefined; onBytes: (bytes: number) => void },
): Promise<string | undefined> {
  try {
    const found = await hashFile(join(folder, path), control);
    if (found.bytes !== bytes) return `has ${found.bytes} bytes instead of ${bytes}`;
    return found.sha256 === sha256 ? undefined : `has the hash ${found.sha256}, not ${sha256}`;
  } catch (error) {
    control.signal?.throwIfAborted();
    if (!(error instanceof CpwError)) throw error;
    return error.code === 'CPW_FILE_NOT_FOUND' ? 'is missing' : 'cannot be read';
  }
}

/** Known names are brought again; a user's own model only they can bring. */
function mendingCommand(name: string, format: ModelFormat): string {
  const sources = findModel(name)?.sources;
  const origin = format === 'ctranslate2-int8' ? 'ctranslate2' : format;
  if (sources?.[origin] !== undefined) {
    return `cpw-native models pull ${name} --format ${format} --overwrite`;
  }
  return `cpw-native models import <path> --name ${JSON.stringify(name)} --overwrite`;
}
