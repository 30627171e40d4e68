import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What `cpw-native` runs. */
export const commandLine = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a run of the command line left. */
export interface CliResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds; `open` leaves it open and silent. */
  readonly input?: Uint8Array | 'open';
}

/** A running command line, with what it has written so far. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  stderr(): string;
  /** Resolves when the pattern has come on one of its streams. */
  saw(pattern: RegExp): Promise<void>;
}

// The terminal's other end: what is typed goes to the program, what it writes comes back.
const pseudoTerminal = `
import os, pty, sys
status = os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:]))
sys.exit(status if status >= 0 else 128 - status)
`;

/** Starts `cpw-native` in a terminal: both its streams come back on `stdout`, echoes too. */
export function startInTerminal(args: readonly string[], options: CliOptions = {}): RunningCli {
  const command = ['python3', '-c', pseudoTerminal, process.execPath, commandLine, ...args];
  return start(command, { input: 'open', ...options });
}

/** Starts `cpw-native` as a user would. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  return start([process.execPath, commandLine, ...args], options);
}

/** Starts any program, the first word, with its arguments. */
export function start(
  [program = '', ...args]: readonly string[],
  options: CliOptions = {},
): RunningCli {
  const child = spawn(program, args, {
    cwd: options.cwd,
    // Without the configuration file of whoever runs the tests.
    env: { ...process.env, CPW_CONFIG: 'none', ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  if (options.input !== 'open') child.stdin.end(options.input);
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const saw = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr) || pattern.test(stdout)) resolve();
      };
      child.stderr.on('data', look);
      child.stdout.on('data', look);
      const said = (): string => `${stdout}${stderr}`;
      child.on('close', () => reject(new Error(`ended without ${String(pattern)}: ${said()}`)));
      look();
    });
  return { child, result, stderr: () => stderr, saw };
}

/** Runs `cpw-native` to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}
