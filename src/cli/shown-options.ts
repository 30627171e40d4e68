import { configSchemas } from '../options/config.js';
import { keyOf } from '../options/config-sources.js';
import { describeOptions, type OptionRow } from '../options/describe.js';
import type { Origin } from '../options/merge.js';
import { columns } from './columns.js';
import type { Configuration } from './configuration.js';
import type { FlagSchemas, FlagValues } from './flags.js';
import { shownInput } from './input.js';

/** An option as `config show` prints it. */
export interface ShownOption {
  readonly group: string;
  /** Absent where it is unset, or belongs to something that is switched off. */
  readonly value?: unknown;
  readonly source: Origin['kind'];
  /** What gave it: a flag, a variable, or a place in a file. */
  readonly from?: string;
}

/** What `config show` prints. */
export interface ShownConfiguration {
  readonly files: {
    readonly config: string | null;
    /** What named it: `--config`, `CPW_CONFIG`, or the search. */
    readonly by: string;
    readonly searched: readonly string[];
    readonly job: string | null;
  };
  /** By path with dots. */
  readonly options: Readonly<Record<string, ShownOption>>;
}

/** Every option with its value and origin. Secrets and passwords in addresses are blotted out. */
export function shownOptions(
  values: FlagValues<typeof configSchemas>,
  { found, jobFile, origins }: Configuration<FlagSchemas>,
): ShownConfiguration {
  const options = Object.entries(configSchemas).flatMap(([name, schema]) =>
    describeOptions(schema).map((row) => {
      const value = valueAt(values[name as keyof typeof configSchemas], row.path);
      const origin = origins.get(keyOf(row.path));
      const shown: ShownOption = {
        group: row.group,
        ...(value === undefined ? {} : { value: blotted(row, value) }),
        source: origin?.kind ?? 'default',
        ...(origin === undefined ? {} : { from: origin.name }),
      };
      return [keyOf(row.path), shown] as const;
    }),
  );
  const { file, by, searched } = found;
  return {
    files: { config: file ?? null, by, searched, job: jobFile ?? null },
    options: Object.fromEntries(options),
  };
}

/** The same for people. */
export function formatShown({ files, options }: ShownConfiguration): string {
  const entries = Object.entries(options);
  const groups = new Set(entries.map(([, { group }]) => group));
  const rows = [...groups].flatMap((group) => [
    [''],
    [`${group}:`],
    ...entries
      .filter(([, option]) => option.group === group)
      .map(([path, { value, source, from }]) => [`  ${path}`, textOf(value), from ?? source]),
  ]);
  return `${fileLine(files)}${columns(rows)}`;
}

function fileLine({ config, by, searched, job }: ShownConfiguration['files']): string {
  const named = by === 'search' ? 'found by its name' : `named by ${by}`;
  const absent =
    by === 'search' ? `none; looked for ${searched.map(shownInput).join(', ')}` : `none (${by})`;
  const lines = [
    `Configuration file: ${config === null ? absent : `${shownInput(config)}, ${named}`}`,
  ];
  if (job !== null) lines.push(`Job file: ${shownInput(job)}`);
  return lines.map((line) => `${line}\n`).join('');
}

function textOf(value: unknown): string {
  if (value === undefined) return '(unset)';
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(entryOf).join(', ');
  if (value === '') return "''";
  return shownInput(typeof value === 'string' ? value : JSON.stringify(value));
}

function entryOf(entry: unknown): string {
  return typeof entry === 'string' ? entry : JSON.stringify(entry);
}

/** An object that stands for a switch which is on is shown as `true`: what is in it has rows of its own. */
function valueAt(values: unknown, path: readonly string[]): unknown {
  let found = values;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? true : found;
}

function blotted(row: OptionRow, value: unknown): unknown {
  if (row.secret) return '(secret)';
  return typeof value === 'string' ? value.replace(/^(\w+:\/\/)[^/@]*@/u, '$1…@') : value;
}
