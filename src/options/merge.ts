import type { z } from 'zod';
import { isConfigurable } from './config.js';
import { isBelow, keyOf, type ConfigSource, type SourceKind } from './config-sources.js';
import { describeOptions, flagOf, type OptionRow } from './describe.js';
import { checkOptions, type OptionProblem } from './parse.js';

/** Where an option's value came from. */
export interface Origin {
  readonly kind: SourceKind | 'default';
  /** `--threads`, `CPW_THREADS`, `cpw-native.config.yaml:3: threads`; empty for a default. */
  readonly name: string;
}

/** The options of one schema, merged and checked. */
export interface Merged<Output> {
  /** Absent where something is wrong. */
  readonly data?: Output;
  readonly problems: readonly OptionProblem[];
  /** By the option's path with dots; what is missing here is a default. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * The one place where sources meet: each option is taken from the first source that has it, then
 * the schema fills in the rest and judges the whole.
 */
export function mergeOptions<Schema extends z.ZodType>(
  schema: Schema,
  sources: readonly ConfigSource[],
  subject: string,
): Merged<z.output<Schema>> {
  const rows = describeOptions(schema);
  const origins = new Map<string, Origin>();
  const values: Record<string, unknown> = {};
  for (const row of rows.filter((one) => one.path.length === 1 || !hasSwitch(rows, one))) {
    const allowed = sources.filter(({ kind }) => kind === 'flag' || isConfigurable(schema, row));
    const value = valueOf(row, { rows, sources: allowed, origins });
    if (value !== undefined) place(values, row.path, value);
  }
  const nameOf = (path: readonly string[]): string =>
    origins.get(keyOf(path))?.name ?? `--${flagOf(path)}`;
  const checked = checkOptions(schema, values, { subject, nameOf });
  return 'data' in checked
    ? { data: checked.data, problems: [], origins }
    : { problems: checked.problems, origins };
}

interface Context {
  readonly rows: readonly OptionRow[];
  readonly sources: readonly ConfigSource[];
  readonly origins: Map<string, Origin>;
}

/** The strongest source's value; undefined where none has one. */
function valueOf(row: OptionRow, { rows, sources, origins }: Context): unknown {
  const below = rows.filter((one) => isBelow(one.path, row.path));
  const keys = [row, ...below].map(({ path }) => keyOf(path));
  const source = sources.find(({ given }) => keys.some((key) => given.has(key)));
  if (source === undefined) return undefined;
  // An option below a switch (`vad.threshold`) turns it on, unless a stronger source turns it off.
  const own = source.given.get(keyOf(row.path));
  const first = keys.map((key) => source.given.get(key)).find((one) => one !== undefined);
  origins.set(keyOf(row.path), { kind: source.kind, name: own?.name ?? first?.name ?? '' });
  const value = own === undefined ? true : own.value;
  if (below.length === 0 || value !== true) return value;
  const inner: Record<string, unknown> = {};
  for (const one of below) {
    const found = valueOf(one, { rows: [one], sources, origins });
    if (found !== undefined) place(inner, one.path.slice(row.path.length), found);
  }
  return Object.keys(inner).length === 0 ? true : inner;
}

function hasSwitch(rows: readonly OptionRow[], row: OptionRow): boolean {
  return rows.some((one) => isBelow(row.path, one.path));
}

function place(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    values[key] = value;
    return;
  }
  const found = values[key];
  const below: Record<string, unknown> = typeof found === 'object' ? { ...found } : {};
  place(below, rest, value);
  values[key] = below;
}
