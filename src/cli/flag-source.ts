import { existsSync } from 'node:fs';
import {
  keyOf,
  uselessValues,
  type GivenValue,
  type ReadSource,
} from '../options/config-sources.js';
import { describeOptions, type OptionRow } from '../options/describe.js';
import { unknownOption, type OptionProblem } from '../options/parse.js';
import { textValue } from '../options/text-value.js';
import type { CommandArguments } from './arguments.js';
import type { FlagSchemas } from './flags.js';

/** What yargs adds by itself. */
const builtin = ['help', 'version'];

/** The options that flags set, and every wrong and unknown flag. `typed` is the command line. */
export function flagSource(
  args: CommandArguments,
  schemas: FlagSchemas,
  typed: readonly string[],
): ReadSource {
  const rows = Object.values(schemas).flatMap((schema) => describeOptions(schema));
  const given = new Map<string, GivenValue>();
  for (const row of rows.filter((one) => !isEmpty(args, one))) {
    const value = valueOf(row, args, typed);
    if (value !== undefined) given.set(keyOf(row.path), { value, name: nameOf(row, value) });
  }
  const problems = [
    ...dashedFiles(args, rows, typed),
    ...emptyFlags(args, rows),
    ...uselessValues(rows, given),
  ];
  return { kind: 'flag', given, problems };
}

function nameOf(row: OptionRow, value: unknown): string {
  return row.kind === 'boolean' && value === false ? `--no-${row.flag}` : `--${row.flag}`;
}

/** Unknown flags; a file whose name begins with a dash is one mistake and not one for each letter. */
function dashedFiles(
  args: CommandArguments,
  rows: readonly OptionRow[],
  typed: readonly string[],
): OptionProblem[] {
  const unknown = unknownFlags(args, rows);
  const files = typed.filter((one) => one.startsWith('-') && one.length > 1 && existsSync(one));
  if (unknown.length === 0 || files.length === 0) return unknown;
  const message = 'is a file here, and is read as a flag; put -- before the names of files';
  return files.map((option) => ({ option, message }));
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

function valueOf(row: OptionRow, args: CommandArguments, typed: readonly string[]): unknown {
  const given = args[row.flag];
  if (given === undefined) return undefined;
  if (row.kind === 'list') return textValue(row, [given].flat().map(String).join(','));
  if (row.kind === 'boolean') {
    // yargs takes every text but `true` for false, also --quiet=yes.
    const text = typedText(row.flag, typed);
    return text === undefined ? [given].flat().at(-1) : textValue(row, text);
  }
  return typeof given === 'string' ? textValue(row, given) : given;
}

/** The text behind `--flag=` where that is how it was given last. */
function typedText(flag: string, typed: readonly string[]): string | undefined {
  const end = typed.indexOf('--');
  const flags = end === -1 ? typed : typed.slice(0, end);
  const last = flags.findLast(
    (one) => one === `--${flag}` || one === `--no-${flag}` || one.startsWith(`--${flag}=`),
  );
  return last?.startsWith(`--${flag}=`) === true ? last.slice(flag.length + 3) : undefined;
}
