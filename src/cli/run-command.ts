import type { GeneralOptions } from '../options/general.js';
import { optionsError } from '../options/parse.js';
import { wordsAfter, type CommandArguments } from './arguments.js';
import { withGeneral, type Command } from './command.js';
import { readConfiguration } from './configuration.js';
import { exitStatus, exitStatusOf, Interruption } from './exit-codes.js';
import type { FlagSchemas } from './flags.js';
import { formatError } from './report-error.js';
import { createReporter, type Reporter } from './reporter.js';
import { interruptible } from './signals.js';

/** Runs a command and resolves to the exit status; errors are printed here. */
export async function runCommand<Schemas extends FlagSchemas>(
  args: CommandArguments,
  command: Command<Schemas>,
): Promise<number> {
  // Before the options are known to be right, the error's form still follows what was asked.
  let general = { json: args['json'] === true, verbose: args['verbose'] === true };
  try {
    const { schemas, name } = command;
    const typed = process.argv.slice(2);
    const options = { schemas: withGeneral(schemas), name, typed };
    const configuration = await readConfiguration(withFileWord(args, command), options);
    const { values } = configuration;
    general = values.general;
    const words = checkWords(args, command, configuration.inputs);
    const reporter = reporterOf(values.general);
    if (command.tellsWarnings !== true) configuration.warnings.forEach(reporter.warn);
    const context = { general: values.general, reporter, configuration };
    return await interruptible((signal) => command.run(words, values, { ...context, signal }));
  } catch (error) {
    if (!(error instanceof Interruption && error.status === exitStatus.ok)) {
      process.stderr.write(formatFailure(error, general));
    }
    return exitStatusOf(error);
  }
}

function withFileWord<Schemas extends FlagSchemas>(
  args: CommandArguments,
  { fileWord, name }: Command<Schemas>,
): CommandArguments {
  const [file] = fileWord === true ? wordsAfter(args, name.split(' ').length) : [];
  return file === undefined ? args : { ...args, config: file };
}

function reporterOf({ quiet, json }: GeneralOptions): Reporter {
  const { stdout, stderr } = process;
  return createReporter({ stdout, stderr, quiet: quiet || json, json: json && !quiet });
}

function formatFailure(error: unknown, general: { json: boolean; verbose: boolean }): string {
  if (!(error instanceof Interruption)) return formatError(error, general);
  return general.json
    ? `${JSON.stringify({ code: null, stage: null, message: error.message })}\n`
    : `cpw-native: ${error.message}\n`;
}

function checkWords<Schemas extends FlagSchemas>(
  args: CommandArguments,
  { name, words, count: [least, most] }: Command<Schemas>,
  inputs: readonly string[],
): readonly string[] {
  const typed = wordsAfter(args, name.split(' ').length);
  // A command line is stronger than a job file, in its inputs too.
  const given = typed.length === 0 ? inputs : typed;
  if (given.length >= least && given.length <= most) return given;
  const said =
    given.length < least ? `${words} is missing` : `too much: ${given.slice(most).join(' ')}`;
  const message = `${said}; usage: cpw-native ${name} ${words}`.trimEnd();
  throw optionsError([{ option: '', message }], name);
}
