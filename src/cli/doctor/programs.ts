import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { DoctorReport } from './report-schema.js';

const run = promisify(execFile);

/** Debian 11's; older ones were not tried. */
export const leastFfmpeg = '4.3';

type ProgramReport = DoctorReport['programs']['ffmpeg'];

/** ffmpeg and ffprobe: where they are, which version, and whether it is new enough. */
export async function reportPrograms(): Promise<DoctorReport['programs']> {
  const [ffmpeg, ffprobe] = await Promise.all([reportProgram('ffmpeg'), reportProgram('ffprobe')]);
  return { ffmpeg, ffprobe };
}

async function reportProgram(name: string): Promise<ProgramReport> {
  const path = await findInPath(name);
  if (path === null) return { path, version: null, supported: null, problem: null };
  try {
    const { stdout } = await run(path, ['-hide_banner', '-version'], { timeout: 5000 });
    const version = versionIn(stdout);
    return { path, version, supported: isNewEnough(version), problem: null };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { path, version: null, supported: null, problem };
  }
}

async function findInPath(name: string): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** `ffmpeg version 5.1.8-0+deb12u1 Copyright…` → `5.1.8-0+deb12u1`. */
function versionIn(text: string): string | null {
  return /^\S+ version (\S+)/u.exec(text)?.[1] ?? null;
}

/** Builds from git are called N-109468-g… and say nothing: `null`. */
export function isNewEnough(version: string | null): boolean | null {
  const [, major, minor] = /^n?(\d+)\.(\d+)/u.exec(version ?? '') ?? [];
  if (major === undefined) return null;
  const [needMajor = 0, needMinor = 0] = leastFfmpeg.split('.').map(Number);
  const given = Number(major);
  return given > needMajor || (given === needMajor && Number(minor) >= needMinor);
}
