import type { Argv } from 'yargs';
import { optionsError } from '../../options/parse.js';
import { suggest } from '../../options/suggest.js';
import { wordsAfter, type CommandArguments } from '../arguments.js';
import { describeCommand, withGeneral, type Command } from '../command.js';
import type { FlagSchemas } from '../flags.js';
import { commandHelp } from '../help.js';

/** A command with its schemas' types forgotten. */
export interface Leaf extends Pick<Command<FlagSchemas>, 'complete'> {
  /** All of its flags, those of every command too. */
  readonly schemas: FlagSchemas;
  describe(yargs: Argv, help: boolean): Argv;
  help(): string;
  run(args: CommandArguments): Promise<number>;
}

/** Where a command's module is, so that only the one that was asked for is loaded. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Leaf>;
}

/** Every command. */
export const commandEntries: readonly Entry[] = [
  {
    name: 'transcribe',
    summary: 'Write down what is spoken in audio files',
    load: async () => leaf((await import('./transcribe.js')).transcribeCommand),
  },
  {
    name: 'translate',
    summary: 'Translate texts and transcripts',
    load: async () => leaf((await import('./translate.js')).translateCommand),
  },
  {
    name: 'subtitle',
    summary: 'Give films subtitles in several languages',
    load: async () => leaf((await import('./subtitle.js')).subtitleCommand),
  },
  {
    name: 'serve',
    summary: 'Serve transcription over HTTP',
    load: async () => leaf((await import('./serve.js')).serveCommand),
  },
  {
    name: 'health',
    summary: 'Say whether a server is ready, and what is not well',
    load: async () => leaf((await import('./health.js')).healthCommand),
  },
  {
    name: 'jobs list',
    summary: 'List the jobs of a folder',
    load: async () => leaf((await import('./jobs.js')).jobsListCommand),
  },
  {
    name: 'jobs show',
    summary: 'Show the stages of a job',
    load: async () => leaf((await import('./jobs.js')).jobsShowCommand),
  },
  {
    name: 'jobs resume',
    summary: 'Go on with a job',
    load: async () => leaf((await import('./jobs-resume.js')).jobsResumeCommand),
  },
  {
    name: 'jobs clean',
    summary: 'Remove jobs or their checkpoints',
    load: async () => leaf((await import('./jobs-clean.js')).jobsCleanCommand),
  },
  {
    name: 'models list',
    summary: 'List the installed models, or those that can be fetched',
    load: async () => leaf((await import('./models.js')).modelsListCommand),
  },
  {
    name: 'models pull',
    summary: 'Fetch models by name',
    load: async () => leaf((await import('./models-pull.js')).modelsPullCommand),
  },
  {
    name: 'models import',
    summary: 'Copy a model of your own into the store',
    load: async () => leaf((await import('./models-import.js')).modelsImportCommand),
  },
  {
    name: 'models verify',
    summary: 'Compare installed models with the hashes of their installation',
    load: async () => leaf((await import('./models-verify.js')).modelsVerifyCommand),
  },
  {
    name: 'models remove',
    summary: 'Delete an installed model',
    load: async () => leaf((await import('./models-remove.js')).modelsRemoveCommand),
  },
  {
    name: 'models path',
    summary: 'Print the path of a model, or of their folder',
    load: async () => leaf((await import('./models.js')).modelsPathCommand),
  },
  {
    name: 'models convert',
    summary: 'Make another form of a model',
    load: async () => leaf((await import('./models-convert.js')).modelsConvertCommand),
  },
  {
    name: 'config show',
    summary: 'Print every option with its value and where it came from',
    load: async () => leaf((await import('./config.js')).configShowCommand),
  },
  {
    name: 'config schema',
    summary: 'Print the JSON schema of the configuration file',
    load: async () => leaf((await import('./config.js')).configSchemaCommand),
  },
  {
    name: 'config docs',
    summary: 'Print the reference of all options',
    load: async () => leaf((await import('./config.js')).configDocsCommand),
  },
  {
    name: 'config check',
    summary: 'Check a configuration file, and that the models are there',
    load: async () => leaf((await import('./config.js')).configCheckCommand),
  },
  {
    name: 'secrets set',
    summary: 'Keep a secret, read from standard input',
    load: async () => leaf((await import('./secrets.js')).secretsSetCommand),
  },
  {
    name: 'secrets list',
    summary: 'List the names of the secrets that are kept',
    load: async () => leaf((await import('./secrets.js')).secretsListCommand),
  },
  {
    name: 'secrets remove',
    summary: 'Forget a secret',
    load: async () => leaf((await import('./secrets.js')).secretsRemoveCommand),
  },
  {
    name: 'backup create',
    summary: 'Keep configuration, glossaries and the records of jobs',
    load: async () => leaf((await import('./backup.js')).backupCreateCommand),
  },
  {
    name: 'backup list',
    summary: 'List the backups that are there',
    load: async () => leaf((await import('./backup.js')).backupListCommand),
  },
  {
    name: 'backup restore',
    summary: 'Bring files back from a backup',
    load: async () => leaf((await import('./backup.js')).backupRestoreCommand),
  },
  {
    name: 'backup prune',
    summary: 'Remove old backups',
    load: async () => leaf((await import('./backup.js')).backupPruneCommand),
  },
  {
    name: 'backup keygen',
    summary: 'Make the key file of backups',
    load: async () => leaf((await import('./backup.js')).backupKeygenCommand),
  },
  {
    name: 'completion',
    summary: "Print a shell's completion script",
    load: async () => leaf((await import('./completion.js')).completionCommand),
  },
  {
    name: 'doctor',
    summary: 'Say what this machine can do, and what is missing',
    load: async () => leaf((await import('./doctor.js')).doctorCommand),
  },
  {
    name: 'bench',
    summary: 'Find the fastest settings for this machine',
    load: async () => leaf((await import('./bench.js')).benchCommand),
  },
];

/** The help of the command that the first words name; undefined where they name none. */
export async function helpOf(args: readonly string[]): Promise<string | undefined> {
  const entry = commandEntries.find(({ name }) => {
    const words = name.split(' ');
    return words.every((word, at) => args[at] === word);
  });
  return entry === undefined ? undefined : (await entry.load()).help();
}

/** Adds a command's flags and help, or a group's commands. `onStatus` hears how it ended. */
export async function declare(
  yargs: Argv,
  name: string,
  { help, onStatus }: { help: boolean; onStatus: (status: number) => void },
): Promise<Argv> {
  const single = commandEntries.find((one) => one.name === name);
  if (single !== undefined) return (await single.load()).describe(yargs, help);
  for (const [command, entry] of groupOf(name)) {
    yargs.command({
      command,
      describe: entry.summary,
      builder: async (inner: Argv) => (await entry.load()).describe(inner, help),
      handler: async (args: CommandArguments) => onStatus(await (await entry.load()).run(args)),
    });
  }
  return yargs.usage(`$0 ${name} <command> [options]`);
}

/** Runs the named command; a group's name alone is an error that lists its commands. */
export async function run(args: CommandArguments, name: string): Promise<number> {
  const single = commandEntries.find((one) => one.name === name);
  if (single !== undefined) return (await single.load()).run(args);
  const known = groupOf(name).map(([command]) => command);
  const [word] = wordsAfter(args, 1);
  const near = word === undefined ? undefined : suggest(word, known);
  const next = near === undefined ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`;
  const said =
    word === undefined ? 'a command is missing' : `${JSON.stringify(word)} is no command`;
  throw optionsError([{ option: '', message: `${said}; ${next}` }], name);
}

/** A group's entries by the word that follows the group's name. */
function groupOf(name: string): readonly (readonly [command: string, entry: Entry])[] {
  return commandEntries
    .filter((one) => one.name.startsWith(`${name} `))
    .map((one) => [one.name.slice(name.length + 1), one]);
}

function leaf<Schemas extends FlagSchemas>(command: Command<Schemas>): Leaf {
  return {
    schemas: withGeneral(command.schemas),
    ...(command.complete === undefined ? {} : { complete: command.complete }),
    describe: (yargs, help) => describeCommand(yargs, command, help),
    help: () => commandHelp(command, withGeneral(command.schemas)),
    // Loaded here: the help needs nothing of it.
    run: async (args) => (await import('../run-command.js')).runCommand(args, command),
  };
}
