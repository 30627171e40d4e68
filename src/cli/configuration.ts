import {
  environmentSource,
  fileSource,
  jobInputs,
  type ConfigSource,
  type FileContent,
  type ReadSource,
} from '../options/config-sources.js';
import { mergeOptions, type Origin } from '../options/merge.js';
import { optionsError, type OptionProblem } from '../options/parse.js';
import type { CommandArguments } from './arguments.js';
import { findConfigFile, readConfigFile, type FoundConfig } from './config-files.js';
import { flagSource } from './flag-source.js';
import type { FlagSchemas, FlagValues } from './flags.js';

/** A command's options with all that is known of where they came from. */
export interface Configuration<Schemas extends FlagSchemas> {
  readonly values: FlagValues<Schemas>;
  /** By an option's path with dots; what is missing here is a default. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly found: FoundConfig;
  readonly jobFile: string | undefined;
  /** The files that the job file names. */
  readonly inputs: readonly string[];
  readonly warnings: readonly string[];
  /** The strongest first. */
  readonly sources: readonly ConfigSource[];
}

/** What a command says of its options. */
export interface ConfigurationOptions<Schemas extends FlagSchemas> {
  readonly schemas: Schemas;
  /** The command, for messages. */
  readonly name: string;
  /** The command line as it was typed. */
  readonly typed: readonly string[];
}

/**
 * Merges flags, job file, environment, configuration file and defaults, once for each command.
 * Throws CPW_INVALID_OPTIONS that names everything that is wrong in any of them.
 */
export async function readConfiguration<Schemas extends FlagSchemas>(
  args: CommandArguments,
  { schemas, name, typed }: ConfigurationOptions<Schemas>,
): Promise<Configuration<Schemas>> {
  const flags = flagSource(args, schemas, typed);
  const environment = environmentSource(process.env);
  const found = await findConfigFile(textOf(flags, 'config'));
  const jobFile = textOf(flags, 'job');
  const problems: OptionProblem[] = [...flags.problems, ...environment.problems];
  const read = async (
    kind: FileContent['kind'],
    file: string | undefined,
  ): Promise<FileContent[]> => {
    if (file === undefined) return [];
    const content = await readConfigFile(kind, file, kind === 'job' ? '--job' : found.by);
    if ('value' in content) return [content];
    problems.push(content);
    return [];
  };
  const jobs = await read('job', jobFile);
  const job = jobs.map(fileSource);
  const config = (await read('config', found.file)).map(fileSource);
  problems.push(...[...job, ...config].flatMap((source) => source.problems));
  const sources: ConfigSource[] = [flags, ...job, environment, ...config];
  const listed = jobs.map(jobInputs);
  problems.push(...listed.flatMap((one) => one.problems));
  const { values, origins } = merge(schemas, { sources, problems, name });
  return {
    values,
    origins,
    found,
    jobFile,
    inputs: listed.flatMap((one) => one.inputs),
    warnings: environment.warnings,
    sources,
  };
}

interface MergeContext {
  readonly sources: readonly ConfigSource[];
  readonly problems: readonly OptionProblem[];
  readonly name: string;
}

function merge<Schemas extends FlagSchemas>(
  schemas: Schemas,
  { sources, problems, name }: MergeContext,
): Pick<Configuration<Schemas>, 'values' | 'origins'> {
  const merged = Object.entries(schemas).map(
    ([key, schema]) => [key, mergeOptions(schema, sources, name)] as const,
  );
  const all = [...problems, ...merged.flatMap(([, one]) => one.problems)];
  if (all.length > 0) throw optionsError(all, name);
  return {
    values: Object.fromEntries(merged.map(([key, { data }]) => [key, data])) as FlagValues<Schemas>,
    origins: new Map(merged.flatMap(([, one]) => [...one.origins])),
  };
}

function textOf({ given }: ReadSource, key: string): string | undefined {
  const value = given.get(key)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
