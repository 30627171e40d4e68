import { configRows, extraKeys, variableOf } from './config.js';
import type { OptionRow } from './describe.js';
import { unknownOption, type OptionProblem } from './parse.js';
import { secretVariables } from './secret-variables.js';
import { suggest } from './suggest.js';
import { textValue } from './text-value.js';

/** Where values come from, the strongest first; what none of them gives is the schema's default. */
export const sourceKinds = ['flag', 'job', 'environment', 'config'] as const;
/** One of {@link sourceKinds}. */
export type SourceKind = (typeof sourceKinds)[number];

/** One option's value as a source gives it. */
export interface GivenValue {
  readonly value: unknown;
  /** What to call it: `--threads`, `CPW_THREADS`, `cpw-native.config.yaml:3: threads`. */
  readonly name: string;
}

/** What one source gives, by the option's path with dots. */
export interface ConfigSource {
  readonly kind: SourceKind;
  readonly given: ReadonlyMap<string, GivenValue>;
}

/** A source, and what in it cannot be taken. */
export interface ReadSource extends ConfigSource {
  readonly problems: readonly OptionProblem[];
}

/** The variables that are not options: building, the loader, the tests, the benchmarks,
 * secrets, and where the file is. */
const reserved = /^CPW_(BUILD_.*|TEST_.*|BENCH_.*|NATIVE_PATH|CONFIG|SECRETS_KEY_FILE)$/u;
const secrets = secretVariables.flatMap((one) => [one, `${one}_FILE`]);

function isReserved(name: string): boolean {
  return reserved.test(name) || secrets.includes(name);
}

/** An option's path as a key. */
export function keyOf(path: readonly string[]): string {
  return path.join('.');
}

/**
 * The options that `CPW_` variables set; empty ones count as unset. An unknown one is a warning: it
 * may belong to another version, and an environment is shared.
 */
export function environmentSource(
  environment: Readonly<Record<string, string | undefined>>,
): ReadSource & { readonly warnings: readonly string[] } {
  const rows = new Map(configRows().map((row) => [variableOf(row.path), row]));
  const given = new Map<string, GivenValue>();
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('CPW_') || isReserved(name) || text === undefined) continue;
    const row = rows.get(name);
    if (row === undefined) warnings.push(unknownVariable(name, [...rows.keys()]));
    else if (text !== '') given.set(keyOf(row.path), { value: textValue(row, text), name });
  }
  const kind = 'environment';
  return { kind, given, warnings, problems: uselessValues([...rows.values()], given) };
}

function unknownVariable(name: string, known: readonly string[]): string {
  const near = suggest(
    name.slice('CPW_'.length),
    known.map((one) => one.slice('CPW_'.length)),
  );
  const next =
    near === undefined ? 'cpw-native config show lists them' : `did you mean CPW_${near}?`;
  return `${name} is not a variable of cpw-native and has no effect; ${next}`;
}

/** What a file holds, before anything is known of options. */
export interface FileContent {
  readonly kind: 'job' | 'config';
  /** The file's name for messages. */
  readonly name: string;
  readonly value: unknown;
  /** Line of the key at a path, counted from 1; undefined where it is not known. */
  lineOf(path: readonly string[]): number | undefined;
}

/** The options that a file sets. Unknown keys are problems: a file is written for this program. */
export function fileSource(file: FileContent): ReadSource {
  const rows = configRows();
  const given = new Map<string, GivenValue>();
  const problems: OptionProblem[] = [];
  const nameOf = (path: readonly string[]): string => {
    const line = file.lineOf(path);
    return `${file.name}${line === undefined ? '' : `:${line}`}: ${keyOf(path)}`;
  };
  const take = (value: unknown, path: readonly string[]): void => {
    if (path.length === 1 && extraKeys(file.kind).includes(path[0] ?? '')) return;
    const row = rows.find((one) => keyOf(one.path) === keyOf(path));
    const below = rows.filter((one) => isBelow(one.path, path));
    if (isObject(value) && (below.length > 0 || path.length === 0)) {
      for (const [key, inner] of Object.entries(value)) take(inner, [...path, key]);
    } else if (row === undefined) {
      const known = [
        ...new Set(
          rows.filter((one) => one.path.length === path.length).map((one) => keyOf(one.path)),
        ),
      ];
      problems.push({ option: nameOf(path), message: unknownOption(known, keyOf(path)) });
    } else if (typeof value === 'string' && value.startsWith('~/')) {
      problems.push({
        option: nameOf(path),
        message: `${JSON.stringify(value)}: ~ means nothing here; write the whole path`,
      });
    } else {
      given.set(keyOf(path), { value, name: nameOf(path) });
    }
  };
  if (isObject(file.value)) take(file.value, []);
  else if (file.value !== null && file.value !== undefined) {
    problems.push({
      option: file.name,
      message: 'is no object of options; cpw-native config schema shows its shape',
    });
  }
  return { kind: file.kind, given, problems };
}

/** The files that a job file's `inputs` names. */
export function jobInputs(file: FileContent): {
  readonly inputs: readonly string[];
  readonly problems: readonly OptionProblem[];
} {
  const inputs = isObject(file.value) ? file.value['inputs'] : undefined;
  if (inputs === undefined) return { inputs: [], problems: [] };
  if (Array.isArray(inputs) && inputs.every((one) => typeof one === 'string' && one !== '')) {
    return { inputs: inputs.map(String), problems: [] };
  }
  const option = `${file.name}:${file.lineOf(['inputs']) ?? 1}: inputs`;
  return { inputs: [], problems: [{ option, message: 'is no list of file names' }] };
}

/** Values below a switch that the same source turns off, such as --vad-threshold beside --no-vad. */
export function uselessValues(
  rows: readonly OptionRow[],
  given: ReadonlyMap<string, GivenValue>,
): readonly OptionProblem[] {
  return rows
    .filter((row) => row.kind === 'boolean' && given.get(keyOf(row.path))?.value === false)
    .flatMap((off) => {
      const offName = given.get(keyOf(off.path))?.name ?? '';
      const useless = rows.filter((one) => isBelow(one.path, off.path));
      return useless.flatMap(({ path }) => {
        const name = given.get(keyOf(path))?.name;
        const message = `has no effect with ${offName}${offName.startsWith('--') ? '' : '=false'}; leave one of them out`;
        return name === undefined ? [] : [{ option: name, message }];
      });
    });
}

/** True for a path that begins with another and goes on. */
export function isBelow(path: readonly string[], parent: readonly string[]): boolean {
  return path.length > parent.length && parent.every((key, at) => path[at] === key);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
