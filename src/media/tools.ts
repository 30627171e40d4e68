import { basename, dirname, join } from 'node:path';
import { CpwError } from '../errors.js';
import { abortable } from './abortable.js';
import { runProgram, type ProgramEnd } from './program.js';

/** The two programs that read media, both known to run. */
export interface MediaTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** What `-format_whitelist` and the other options in use need; 4.0 is from 2018. */
const oldestMajor = 4;
const answerMs = 15_000;
const known = new Map<string, Promise<void>>();

/**
 * The ffmpeg that the option names and the ffprobe beside it. Asks for the version once.
 * Throws CPW_MEDIA_TOOL_FAILED; `need` says there what it is wanted for.
 */
export async function findTools(
  ffmpeg: string,
  context: {
    readonly need: string;
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number;
  },
): Promise<MediaTools> {
  let check = known.get(ffmpeg);
  if (check === undefined) {
    // Without the signal: another call may wait for the same answer.
    check = checkVersion(ffmpeg, context);
    known.set(ffmpeg, check);
    // What is missing may be installed before the next call.
    check.catch(() => known.delete(ffmpeg));
  }
  await abortable(check, context.signal);
  return { ffmpeg, ffprobe: besideFfmpeg(ffmpeg) };
}

async function checkVersion(
  ffmpeg: string,
  { need, timeoutMs = answerMs }: { readonly need: string; readonly timeoutMs?: number },
): Promise<void> {
  const end = await runProgram(ffmpeg, ['-hide_banner', '-version'], { timeoutMs });
  if (end.startError) throw notStarted(ffmpeg, end.startError, need);
  const version = /^ffmpeg version (\S+)/u.exec(end.stdout)?.[1];
  if (version === undefined) {
    throw toolError(
      `${JSON.stringify(ffmpeg)} does not answer as ffmpeg does (${endText(end)})`,
      'name the ffmpeg program itself',
    );
  }
  // A build from a source tree calls itself N-12345-g… and is taken as new.
  const major = /^n?(\d+)\./u.exec(version)?.[1];
  if (major !== undefined && Number(major) < oldestMajor) {
    throw toolError(
      `ffmpeg ${version} is too old`,
      `install ffmpeg ${oldestMajor}.0 or newer, or name one with the option ffmpeg (--ffmpeg)`,
    );
  }
}

/** CPW_MEDIA_TOOL_FAILED for a program that could not be started. */
export function notStarted(program: string, cause: NodeJS.ErrnoException, need: string): CpwError {
  const why = cause.code === 'ENOENT' ? 'was not found' : `cannot be started (${cause.message})`;
  return toolError(
    `${need}, but ${JSON.stringify(program)} ${why}`,
    'install ffmpeg (Debian and Ubuntu: apt-get install ffmpeg, macOS: brew install ffmpeg), ' +
      'name the program with the option ffmpeg (--ffmpeg), or convert the audio to WAV or FLAC elsewhere',
    cause,
  );
}

/** `exit status 1`, `ended by SIGSEGV`. */
export function endText({ status, signal }: ProgramEnd): string {
  return signal === null ? `exit status ${status}` : `ended by ${signal}`;
}

export function toolError(problem: string, next: string, cause?: unknown): CpwError {
  return new CpwError('CPW_MEDIA_TOOL_FAILED', `${problem}. Next step: ${next}.`, { cause });
}

function besideFfmpeg(ffmpeg: string): string {
  const name = basename(ffmpeg);
  const beside = name.includes('ffmpeg') ? name.replace('ffmpeg', 'ffprobe') : 'ffprobe';
  return ffmpeg.includes('/') ? join(dirname(ffmpeg), beside) : beside;
}
