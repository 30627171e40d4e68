// Running other programs: one way, so that a failure always names the command.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: every command here runs in it. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** A failure already told in full on the terminal: whoever catches it prints the message, no stack. */
export class StepError extends Error {}

/**
 * Runs a program to its end and resolves to its status. With `capture` its output is returned, with
 * `prefix` each line is marked with it, otherwise the program writes to this terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, capture?: boolean, prefix?: string }} [options]
 * @returns {Promise<{ status: number, output: string }>}
 */
export function run(command, args, { env = {}, capture = false, prefix } = {}) {
  return new Promise((resolve) => {
    const piped = capture || prefix !== undefined;
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', piped ? 'pipe' : 'inherit', piped ? 'pipe' : 'inherit'],
    });
    let output = '';
    const streams = piped ? [child.stdout, child.stderr] : [];
    for (const stream of streams) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        if (capture) output += chunk;
        if (prefix === undefined) return;
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) process.stdout.write(`${prefix}${line}\n`);
      });
      stream.on('end', () => {
        if (prefix !== undefined && rest !== '') process.stdout.write(`${prefix}${rest}\n`);
      });
    }
    child.on('error', (error) =>
      resolve({ status: 127, output: `${command}: ${error.message}\n` }),
    );
    child.on('close', (code, signal) => {
      if (signal) output += `${command} was ended by ${signal}\n`;
      resolve({ status: code ?? 1, output });
    });
  });
}

/** Like {@link run}, but a failure throws a {@link StepError} that names the command. */
export async function mustRun(what, command, args, options = {}) {
  const { status, output } = await run(command, args, options);
  if (status !== 0) {
    throw new StepError(
      `${output}${what} failed: \`${[path.basename(command), ...args].join(' ')}\` ended with status ${status}. The reason stands above.`,
    );
  }
  return output;
}

/** A program that npm installed, started by this Node: no shell, no PATH. */
export function bin(name) {
  return path.join(root, 'node_modules', '.bin', name);
}

/** Runs a script's main function and turns a failure into one message and status 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof StepError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

/** `12 s` or `3 min 05 s` since a time from performance.now(). */
export function since(start) {
  const seconds = Math.round((performance.now() - start) / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
