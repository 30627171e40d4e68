import type { Argv } from 'yargs';
import { optionsError } from '../options/parse.js';
import { wordsAfter, type CommandArguments } from './arguments.js';
import { exitStatus, exitStatusOf, Interruption } from './exit-codes.js';
import { addFlags, readFlags, type FlagSchemas, type FlagValues } from './flags.js';
import { generalOptionsSchema, type GeneralOptions } from './general-options.js';
import { createReporter, type Reporter } from './reporter.js';
import { formatError } from './report-error.js';
import { interruptible } from './signals.js';

/** What a command works with. */
export interface CommandContext {
  readonly general: GeneralOptions;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** One command: how it is called, and what it does. */
export interface Command<Schemas extends FlagSchemas> {
  /** `transcribe` or `models convert`. */
  readonly name: string;
  /** The words that follow the name, for the help: `<media..>`. */
  readonly words: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly notes?: string;
  readonly schemas: Schemas;
  /** How many words must and may follow the name. */
  readonly count: readonly [least: number, most: number];
  /** Resolves to the exit status. */
  run(
    words: readonly string[],
    values: FlagValues<Schemas>,
    context: CommandContext,
  ): Promise<number>;
}

/** Help and flags of a command. */
export function describeCommand<Schemas extends FlagSchemas>(
  yargs: Argv,
  command: Command<Schemas>,
): Argv {
  yargs.usage(`$0 ${command.name} ${command.words} [options]\n\n${command.summary}`);
  addFlags(yargs, withGeneral(command.schemas));
  for (const [line, meaning] of command.examples) yargs.example(`$0 ${line}`, meaning);
  return command.notes === undefined ? yargs : yargs.epilogue(command.notes);
}

/** Runs a command and resolves to the exit status; errors are printed here. */
export async function runCommand<Schemas extends FlagSchemas>(
  args: CommandArguments,
  command: Command<Schemas>,
): Promise<number> {
  // Before the flags are known to be right, the error's form still follows what was asked.
  let general = { json: args['json'] === true, verbose: args['verbose'] === true, quiet: false };
  try {
    const values = readFlags(args, withGeneral(command.schemas), command.name);
    general = values.general;
    const words = checkWords(args, command);
    const reporter = createReporter({
      stdout: process.stdout,
      stderr: process.stderr,
      quiet: values.general.quiet || values.general.json,
    });
    const context = { general: values.general, reporter };
    return await interruptible((signal) => command.run(words, values, { ...context, signal }));
  } catch (error) {
    if (!(error instanceof Interruption && error.status === exitStatus.ok)) {
      process.stderr.write(formatFailure(error, general));
    }
    return exitStatusOf(error);
  }
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
): readonly string[] {
  const given = wordsAfter(args, name.split(' ').length);
  if (given.length >= least && given.length <= most) return given;
  const said =
    given.length < least ? `${words} is missing` : `too much: ${given.slice(most).join(' ')}`;
  const message = `${said}; usage: cpw-native ${name} ${words}`.trimEnd();
  throw optionsError([{ option: '', message }], name);
}

function withGeneral<Schemas extends FlagSchemas>(
  schemas: Schemas,
): Schemas & { general: typeof generalOptionsSchema } {
  return { ...schemas, general: generalOptionsSchema };
}
