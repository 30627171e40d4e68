import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { CpwError } from '../errors.js';

/** How a program ended: `status` or `signal`, or the reason it never started. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly startError?: NodeJS.ErrnoException;
}

/** A program that runs. It has ended when `ended` has settled or `stop()` has. */
export interface RunningProgram {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly ended: Promise<ProgramEnd>;
  /** What it said on standard error: the last lines, and how many there were. */
  readonly said: ProgramLines;
  /** Ends it by SIGTERM, by SIGKILL when it does not obey, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface ProgramLines {
  readonly last: readonly string[];
  readonly count: number;
  /** True when a line, also one that is no longer kept, matched what is watched for. */
  readonly matched: boolean;
}

export interface ProgramOptions {
  /** Its standard input is a pipe; else it has none. */
  readonly piped?: boolean;
  readonly watch?: RegExp;
}

const graceMs = 2_000;
const keptLines = 12;
const longestLine = 500;

/** Starts a program with exactly these arguments; no shell reads them. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): RunningProgram {
  const input = options.piped === true ? 'pipe' : 'ignore';
  const child = spawn(file, args, { stdio: [input, 'pipe', 'pipe'], windowsHide: true });
  const { stdin, stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new CpwError('CPW_INTERNAL', 'no pipe');
  // A program that ends early breaks the pipe; how it ended says more.
  stdin?.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    stdin,
    stdout,
    ended: endOf(child),
    said: collectLines(stderr, options.watch),
    stop: async () => {
      stdin?.destroy();
      stdout.destroy();
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
      // A process it left behind may hold this pipe open.
      stderr.destroy();
    },
  };
}

/** Runs a program to its end; the time-out ends it with CPW_MEDIA_TOOL_FAILED. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<ProgramEnd & { readonly stdout: string; readonly said: ProgramLines }> {
  const { timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const program = startProgram(file, args);
  let stdout = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let stopped: 'time' | 'abort' | undefined;
  const stop = (why: 'time' | 'abort'): void => {
    stopped ??= why;
    void program.stop();
  };
  const timer = setTimeout(() => stop('time'), timeoutMs);
  const onAbort = (): void => stop('abort');
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await program.ended;
    if (stopped === 'abort') throw signal?.reason;
    if (stopped === 'time') throw hung(file, timeoutMs);
    return { ...end, stdout, said: program.said };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal }));
    child.once('error', (startError) => {
      // Also emitted when a signal could not be sent; then it goes on.
      if (child.pid === undefined) resolve({ status: null, signal: null, startError });
    });
  });
}

function collectLines(stream: Readable, watch: RegExp | undefined): ProgramLines {
  const found = { last: [] as string[], count: 0, matched: false };
  let open = '';
  const take = (line: string): void => {
    if (line.trim() === '') return;
    found.count += 1;
    found.matched ||= watch?.test(line) === true;
    found.last.push(line.trimEnd().slice(0, longestLine));
    if (found.last.length > keptLines) found.last.shift();
  };
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (open + text).split(/\r\n|\r|\n/u);
    open = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) take(line);
  });
  stream.once('end', () => take(open));
  stream.on('error', () => undefined);
  return found;
}

function hung(file: string, timeoutMs: number): CpwError {
  return new CpwError(
    'CPW_MEDIA_TOOL_FAILED',
    `${file} gave no answer within ${timeoutMs / 1000} s and was ended. Next step: see whether ` +
      'it runs by itself, and whether the disk that holds the file answers.',
    { details: { program: file, timeoutMs } },
  );
}
