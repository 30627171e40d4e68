#!/usr/bin/env node
import { exitStatus, exitStatusOf } from './exit-codes.js';
import { asksForHelp } from './help.js';
import { formatError } from './report-error.js';

// yargs takes as long to load as all else: what needs no parsing does without it.
async function main(args: readonly string[]): Promise<number> {
  const [first, shell = '', ...words] = args;
  if (first === '--get-completions') {
    process.stdout.write(await (await import('./complete.js')).complete(shell, words));
    return exitStatus.ok;
  }
  if (asksForHelp(args)) {
    const help = await (await import('./commands/all.js')).helpOf(args);
    if (help !== undefined) {
      process.stdout.write(`${help}\n`);
      return exitStatus.ok;
    }
  }
  return (await import('./parse-and-run.js')).parseAndRun(args);
}

try {
  // No process.exit(): what was written to a pipe must still get through.
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const asked = (flag: string): boolean => process.argv.includes(flag);
  process.stderr.write(formatError(error, { json: asked('--json'), verbose: asked('--verbose') }));
  process.exitCode = exitStatusOf(error);
}
