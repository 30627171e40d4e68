import type { Argv } from 'yargs';
import { optionsError } from '../../options/parse.js';
import { suggest } from '../../options/suggest.js';
import { wordsAfter, type CommandArguments } from '../arguments.js';
import { describeCommand, runCommand, type Command } from '../command.js';
import type { FlagSchemas } from '../flags.js';
import { doctorCommand } from './doctor.js';
import { modelsConvertCommand, modelsListCommand, modelsPathCommand } from './models.js';
import { transcribeCommand } from './transcribe.js';

/** A command with its schemas' types forgotten. */
interface Leaf {
  readonly name: string;
  readonly summary: string;
  describe(yargs: Argv): Argv;
  run(args: CommandArguments): Promise<number>;
}

const leaves: readonly Leaf[] = [
  leaf(transcribeCommand),
  leaf(modelsListCommand),
  leaf(modelsPathCommand),
  leaf(modelsConvertCommand),
  leaf(doctorCommand),
];

/** Adds a command's flags and help, or a group's commands. `onStatus` hears how it ended. */
export function declare(yargs: Argv, name: string, onStatus: (status: number) => void): Argv {
  const single = leaves.find((one) => one.name === name);
  if (single !== undefined) return single.describe(yargs);
  const group = leaves.filter((one) => one.name.startsWith(`${name} `));
  for (const one of group) {
    yargs.command({
      command: one.name.slice(name.length + 1),
      describe: one.summary,
      builder: (inner: Argv) => one.describe(inner),
      handler: async (args: CommandArguments) => onStatus(await one.run(args)),
    });
  }
  return yargs.usage(`$0 ${name} <command> [options]`);
}

/** Runs the named command; a group's name alone is an error that lists its commands. */
export function run(args: CommandArguments, name: string): Promise<number> {
  const single = leaves.find((one) => one.name === name);
  if (single !== undefined) return single.run(args);
  const known = leaves
    .filter((one) => one.name.startsWith(`${name} `))
    .map((one) => one.name.slice(name.length + 1));
  const [word] = wordsAfter(args, 1);
  const near = word === undefined ? undefined : suggest(word, known);
  const next = near === undefined ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`;
  const said =
    word === undefined ? 'a command is missing' : `${JSON.stringify(word)} is no command`;
  throw optionsError([{ option: '', message: `${said}; ${next}` }], name);
}

function leaf<Schemas extends FlagSchemas>(command: Command<Schemas>): Leaf {
  return {
    name: command.name,
    summary: command.summary,
    describe: (yargs) => describeCommand(yargs, command),
    run: (args) => runCommand(args, command),
  };
}
