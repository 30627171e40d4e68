import { describeOptions, type OptionRow } from '../options/describe.js';
import type { FlagSchemas } from './flags.js';

/** What the help says beside the flags. */
export interface Documented {
  readonly name: string;
  readonly words: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly notes?: string;
  readonly hidden?: readonly string[];
}

// Not yargs' own layout: it measures each word as a terminal would, which took a third of the time
// of `transcribe --help`, and it repeats [boolean] on every switch.

const program = 'cpw-native';
const gap = 2;

/** True where --help is among the flags. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

/** The help of a command, in lines of at most `columns`. */
export function commandHelp(
  command: Documented,
  schemas: FlagSchemas,
  columns = Math.min(100, process.stdout.columns || 100),
): string {
  const { name, words, summary, examples, notes, hidden = [] } = command;
  const rows = Object.entries(schemas)
    .filter(([key]) => !hidden.includes(key))
    .flatMap(([, schema]) => describeOptions(schema));
  const groups = [...new Set(rows.map(({ group }) => group))];
  const usage = [program, name, words, '[options]'].filter((word) => word !== '').join(' ');
  const blocks = [
    usage,
    wrap(summary, columns).join('\n'),
    ...groups.map((group) => groupBlock(group, { rows, columns })),
    ['Examples:', ...examples.map((example) => exampleLines(example, examples))].join('\n'),
    ...(notes === undefined
      ? []
      : [
          notes
            .split('\n')
            .flatMap((one) => wrap(one, columns))
            .join('\n'),
        ]),
  ];
  return blocks.join('\n\n');
}

function groupBlock(
  group: string,
  { rows, columns }: { rows: readonly OptionRow[]; columns: number },
): string {
  const entries = rows
    .filter((row) => row.group === group)
    .map((row) => [`  --${row.flag}`, meaningOf(row)] as const);
  if (group === 'General')
    entries.push(['  --help, -h', 'This help'], ['  --version', 'The version']);
  const indent = Math.max(...entries.map(([flag]) => flag.length)) + gap;
  const lines = entries.flatMap(([flag, meaning]) =>
    wrap(meaning, columns - indent).map(
      (line, at) => `${(at === 0 ? flag : '').padEnd(indent)}${line}`,
    ),
  );
  return [`${group}:`, ...lines].join('\n');
}

/** What an option means, what it accepts where that is not any text, and its default. */
function meaningOf({ kind, flag, text, open, expected, defaultText }: OptionRow): string {
  const negated = kind === 'boolean' && defaultText === 'true' ? `; --no-${flag} for short` : '';
  const accepted = kind === 'boolean' || open ? '' : ` [${expected}]`;
  // That a switch is off unless it is given goes without saying.
  const byDefault =
    defaultText === undefined || defaultText === 'false' ? '' : ` [default: ${defaultText}]`;
  return `${text}${negated}${accepted}${byDefault}`;
}

function exampleLines(
  [line, meaning]: readonly [string, string],
  all: readonly (readonly [string, string])[],
): string {
  const longest = Math.max(...all.map(([one]) => one.length));
  return `  ${program} ${line.padEnd(longest)}  ${meaning}`;
}

function wrap(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
