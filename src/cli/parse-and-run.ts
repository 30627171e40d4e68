import yargs, { type Argv } from 'yargs';
import { CpwError } from '../errors.js';
import { suggest } from '../options/suggest.js';
import type { CommandArguments } from './arguments.js';
import { exitStatus } from './exit-codes.js';
import { asksForHelp } from './help.js';
import { hideNoFlags, restoreNoFlags } from './no-flags.js';
import { packageVersion } from './package-version.js';

// A command's own modules are loaded when it is asked for.

type CommandModule = typeof import('./commands/all.js');

const commands: readonly [name: string, summary: string][] = [
  ['transcribe', 'Write down what is spoken in audio files'],
  ['translate', 'Translate texts and transcripts'],
  ['subtitle', 'Give films subtitles in several languages'],
  ['serve', 'Serve transcription over HTTP'],
  ['health', 'Say whether a server is ready, and what is not well'],
  ['jobs', 'List, show, resume and remove jobs'],
  ['models', 'List, fetch, check and convert models'],
  ['config', 'Show and check the options of files and variables'],
  ['secrets', 'Keep passwords and keys in an encrypted file'],
  ['backup', 'Make, list and restore backups'],
  ['completion', "Print a shell's completion script"],
  ['doctor', 'Say what this machine can do, and what is missing'],
  ['bench', 'Find the fastest settings for this machine'],
];

/** Runs the command that the words name and resolves to the exit status. */
export async function parseAndRun(args: readonly string[]): Promise<number> {
  let status: number = exitStatus.ok;
  const onStatus = (ended: number): void => {
    status = ended;
  };
  const help = asksForHelp(args);
  const parser = base(args);
  for (const [command, describe] of commands) {
    parser.command({
      command,
      describe,
      builder: async (inner: Argv) => (await load()).declare(inner, command, { help, onStatus }),
      handler: async (argv: CommandArguments) =>
        onStatus(await (await load()).run(restoreNoFlags(argv), command)),
    });
  }
  parser.command({
    command: '$0',
    describe: false,
    builder: (inner: Argv) => inner,
    handler: (argv: CommandArguments) => refuse(argv),
  });
  await parser.parseAsync();
  return status;
}

function base(args: readonly string[]): Argv {
  return (
    yargs(hideNoFlags(args))
      .scriptName('cpw-native')
      .usage(
        '$0 <command> [options]\n\nSpeech to text, translations and subtitled films, by whisper.cpp and CTranslate2.',
      )
      // Flags stay as they were typed, names like 1.wav stay text: the schemas judge them.
      .parserConfiguration({
        'camel-case-expansion': false,
        'dot-notation': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
        'strip-aliased': true,
      })
      .locale('en')
      .wrap(Math.min(100, process.stdout.columns || 100))
      .version(packageVersion())
      .help()
      .alias('help', 'h')
      .group(['help', 'version'], 'General:')
      .example('$0 transcribe talk.wav', 'the text on standard output')
      .example('$0 transcribe talk.wav --format srt', 'subtitles in talk.srt')
      .example('$0 doctor', 'what this machine can do')
      .epilogue('cpw-native <command> --help tells the options of a command.')
      .exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => {
        if (message === null && error !== undefined) throw error;
        throw new CpwError('CPW_INVALID_OPTIONS', `${message}; see cpw-native --help`);
      })
  );
}

function load(): Promise<CommandModule> {
  return import('./commands/all.js');
}

function refuse(argv: CommandArguments): never {
  const [word] = argv._.map(String);
  const names = commands.map(([name]) => name);
  if (word === undefined) {
    const message = `name a command: ${names.join(', ')}; see cpw-native --help`;
    throw new CpwError('CPW_INVALID_OPTIONS', message);
  }
  const near = suggest(word, names);
  const next = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  throw new CpwError('CPW_INVALID_OPTIONS', `${JSON.stringify(word)} is not a command; ${next}`);
}
