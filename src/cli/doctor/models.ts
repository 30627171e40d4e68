import { constants } from 'node:fs';
import { access, readdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CpwError } from '../../errors.js';
import { detectModel } from '../../models/detect-model.js';
import { installedModels, type InstalledFormat } from '../../models/layout.js';
import type { DoctorReport } from './report-schema.js';

type ModelsReport = DoctorReport['models'];
type Problem = ModelsReport['problem'];
type FormatReport = ModelsReport['installed'][number]['formats'][number];

/** The folder of the models, and every model in it: each form is opened and looked at. */
export async function reportModels(dir: string): Promise<ModelsReport> {
  const { exists, problem } = await lookAt(dir);
  const there = await nearestFolder(dir);
  const room = await statfs(there).catch(() => undefined);
  const listed = problem === null ? await installedModels(dir) : [];
  const installed = listed.map(async ({ name, role, formats }) => ({
    name,
    role,
    formats: await Promise.all(formats.map(checkFormat)),
  }));
  return {
    dir,
    exists,
    writable: problem === null && (await isWritable(there)),
    freeBytes: room === undefined ? null : room.bavail * room.bsize,
    problem,
    installed: await Promise.all(installed),
  };
}

async function lookAt(dir: string): Promise<Pick<ModelsReport, 'exists' | 'problem'>> {
  try {
    await readdir(dir);
    return { exists: true, problem: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const exists = code !== 'ENOENT';
    return { exists, problem: exists ? problemOf(error) : null };
  }
}

/** A folder that does not exist yet is made in the nearest one above that does. */
async function nearestFolder(dir: string): Promise<string> {
  for (let at = dir; at !== dirname(at); at = dirname(at)) {
    if (
      await access(at).then(
        () => true,
        () => false,
      )
    )
      return at;
  }
  return '/';
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function checkFormat({ format, path, bytes }: InstalledFormat): Promise<FormatReport> {
  try {
    const detected = await detectModel(path);
    const weights = 'weights' in detected ? detected.weights : null;
    return { format, path, bytes, weights, problem: null };
  } catch (error) {
    return { format, path, bytes, weights: null, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): NonNullable<Problem> {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof CpwError ? error.code : 'CPW_FILE_NOT_FOUND', message };
}
