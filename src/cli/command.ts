import type { Argv } from 'yargs';
import {
  configOptionsSchema,
  generalOptionsSchema,
  type GeneralOptions,
} from '../options/general.js';
import type { Configuration } from './configuration.js';
import { addFlags, type FlagSchemas, type FlagValues } from './flags.js';
import { commandHelp } from './help.js';
import type { Reporter } from './reporter.js';

/** What a command works with. */
export interface CommandContext {
  readonly general: GeneralOptions;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Where each option came from. */
  readonly configuration: Configuration<FlagSchemas>;
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
  /** Schemas whose flags are accepted and left out of the help. */
  readonly hidden?: readonly (keyof Schemas & string)[];
  /** What its words are, for completion; file names where absent. */
  readonly complete?: 'models' | 'shells';
  /** True where the first word stands for --config. */
  readonly fileWord?: boolean;
  /** True where `run` tells the configuration's warnings itself. */
  readonly tellsWarnings?: boolean;
  /** How many words must and may follow the name. */
  readonly count: readonly [least: number, most: number];
  /** Resolves to the exit status. */
  run(
    words: readonly string[],
    values: FlagValues<Schemas>,
    context: CommandContext,
  ): Promise<number>;
}

/** Flags of a command; with `help` set its help instead, which is all that is asked for then. */
export function describeCommand<Schemas extends FlagSchemas>(
  yargs: Argv,
  command: Command<Schemas>,
  help: boolean,
): Argv {
  const schemas = withGeneral(command.schemas);
  if (!help) return addFlags(yargs, schemas);
  return yargs.wrap(null).usage(commandHelp(command, schemas)).hide('help').hide('version');
}

/** A command's schemas with those of every command. */
export function withGeneral<Schemas extends FlagSchemas>(
  schemas: Schemas,
): Schemas & { general: typeof generalOptionsSchema; file: typeof configOptionsSchema } {
  return { ...schemas, general: generalOptionsSchema, file: configOptionsSchema };
}
