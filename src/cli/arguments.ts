/** What yargs found: flags by their kebab-cased names, and the words in `_`, the command first. */
export interface CommandArguments {
  readonly _: readonly (string | number)[];
  readonly [flag: string]: unknown;
}

/** The words after the command and its subcommand, as they were typed. */
export function wordsAfter(args: CommandArguments, commandWords: number): readonly string[] {
  return args._.slice(commandWords).map(String);
}
