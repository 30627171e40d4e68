import type { Argv } from 'yargs';
import type { z } from 'zod';
import { describeOptions, flagOf, type OptionRow } from '../options/describe.js';
import { checkOptions, optionsError, unknownOption, type OptionProblem } from '../options/parse.js';
import type { CommandArguments } from './arguments.js';

/** The schemas whose options a command takes as flags, by any name. */
export type FlagSchemas = Readonly<Record<string, z.ZodType>>;

/** Every schema's options, parsed. */
export type FlagValues<Schemas extends FlagSchemas> = {
  readonly [Name in keyof Schemas]: z.output<Schemas[Name]>;
};

/** What yargs adds by itself. */
const builtin = ['help', 'version'];

/** Declares a flag for each option. Defaults stay with the schema: yargs only shows them. */
export function addFlags(yargs: Argv, schemas: FlagSchemas): Argv {
  for (const row of rowsOf(schemas)) {
    yargs.option(row.flag, {
      // Values have no type here: yargs would show it as text, and the schemas judge them anyway.
      ...(row.kind === 'boolean' ? { type: 'boolean' as const } : {}),
      describe: descriptionOf(row),
      group: `${row.group}:`,
      ...(row.defaultText === undefined ? {} : { defaultDescription: row.defaultText }),
    });
  }
  return yargs;
}

/**
 * The values of all schemas. Throws CPW_INVALID_OPTIONS that names every wrong and every unknown
 * flag at once.
 */
export function readFlags<Schemas extends FlagSchemas>(
  args: CommandArguments,
  schemas: Schemas,
  subject: string,
): FlagValues<Schemas> {
  const rows = rowsOf(schemas);
  const problems: OptionProblem[] = [
    ...unknownFlags(args, rows),
    ...emptyFlags(args, rows),
    ...uselessFlags(args, rows),
  ];
  const values: [string, unknown][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const given = valuesOf(
      args,
      describeOptions(schema).filter((row) => !isEmpty(args, row)),
    );
    const result = checkOptions(schema, given, { subject, nameOf: (path) => `--${flagOf(path)}` });
    if ('data' in result) values.push([name, result.data]);
    else problems.push(...result.problems);
  }
  if (problems.length > 0) throw optionsError(problems, subject);
  return Object.fromEntries(values) as FlagValues<Schemas>;
}

function rowsOf(schemas: FlagSchemas): readonly OptionRow[] {
  return Object.values(schemas).flatMap((schema) => describeOptions(schema));
}

function descriptionOf(row: OptionRow): string {
  if (row.kind !== 'boolean') return row.open ? row.text : `${row.text} [${row.expected}]`;
  return row.defaultText === 'true' ? `${row.text}; --no-${row.flag} for short` : row.text;
}

function unknownFlags(args: CommandArguments, rows: readonly OptionRow[]): OptionProblem[] {
  const known = [...rows.map(({ flag }) => flag), ...builtin];
  return Object.keys(args)
    .filter((key) => key !== '_' && key !== '$0' && !known.includes(key))
    .map((key) => {
      const dashed = known.map((flag) => `--${flag}`);
      const option = key.length === 1 ? `-${key}` : `--${key}`;
      return { option, message: unknownOption(dashed, option) };
    });
}

/** Flags that take a value and stand alone. */
function emptyFlags(args: CommandArguments, rows: readonly OptionRow[]): OptionProblem[] {
  return rows
    .filter((row) => isEmpty(args, row))
    .map((row) => ({ option: `--${row.flag}`, message: `needs a value: ${row.expected}` }));
}

function isEmpty(args: CommandArguments, row: OptionRow): boolean {
  return row.kind !== 'boolean' && [args[row.flag]].flat().some((one) => typeof one === 'boolean');
}

/** Flags below one that is switched off, such as --vad-threshold beside --no-vad. */
function uselessFlags(args: CommandArguments, rows: readonly OptionRow[]): OptionProblem[] {
  return rows
    .filter((row) => row.kind === 'boolean' && args[row.flag] === false)
    .flatMap((off) =>
      belowIn(rows, off).filter(({ flag }) => args[flag] !== undefined && flag !== off.flag),
    )
    .map(({ flag, path }) => ({
      option: `--${flag}`,
      message: `has no effect with --no-${flagOf(path.slice(0, -1))}; leave one of them out`,
    }));
}

function belowIn(rows: readonly OptionRow[], parent: OptionRow): readonly OptionRow[] {
  return rows.filter(
    ({ path }) =>
      path.length > parent.path.length && parent.path.every((key, at) => path[at] === key),
  );
}

/** The options object that the flags spell out; what was not given stays out. */
function valuesOf(args: CommandArguments, rows: readonly OptionRow[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const row of rows) {
    const given = args[row.flag];
    if (given !== undefined) place(values, row.path, valueOf(row, given));
  }
  return values;
}

function place(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    values[key] = value;
    return;
  }
  const inner = values[key];
  const below: Record<string, unknown> = {};
  // `--vad --vad-threshold 0.6`: the object says more than the switch.
  Object.assign(below, typeof inner === 'object' ? inner : {});
  place(below, rest, value);
  values[key] = below;
}

function valueOf(row: OptionRow, given: unknown): unknown {
  if (row.kind === 'list') {
    const words = [given].flat().map(String).join(',').split(',');
    return words.map((word) => word.trim());
  }
  if (!row.numeric || typeof given !== 'string') return given;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/iu.test(given) ? Number(given) : given;
}
