import { parseArgs } from 'node:util';
import { suggest } from '../src/options/suggest.js';
import { cases } from './cases.js';
import { contenders } from './contenders.js';

/** What `npm run bench --` was given. */
export interface Arguments {
  readonly cases: readonly string[] | undefined;
  readonly contenders: readonly string[] | undefined;
  readonly models: readonly string[];
  readonly trials: number;
  readonly short: boolean;
  readonly check: boolean;
  /** A results file to look at instead of measuring. */
  readonly results: string | undefined;
  readonly baseline: string;
  readonly budgets: string;
  readonly out: string;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

export const usage = `npm run bench [-- options]
  --case a,b        these cases alone: ${cases.map(({ name }) => name).join(', ')}
  --contender x,y   these contenders alone: cpw (cases of no engine), ${contenders.map(({ name }) => name).join(', ')}
  --model m,n       models; base,tiny.en, and tiny.en with --short
  --trials n        trials of each; 3, and 2 with --short
  --short           a few cases on half a minute of speech, this project's engines alone
  --check           compare with bench/budgets.json and the baseline; status 1 after a breach
  --results file    look at this file of results instead of measuring
  --baseline file   results to compare with; bench/baseline.json, none: no file
  --budgets file    bench/budgets.json
  --out dir         where results.json, report.md and chart.svg go; build/bench-results
`;

/** The short form needs no other program: whisper-cli alone takes minutes to build. */
const ours = ['cpw', 'cpw-ctranslate2', 'cpw-whisper'];

const options = {
  case: { type: 'string' },
  contender: { type: 'string' },
  model: { type: 'string' },
  trials: { type: 'string' },
  short: { type: 'boolean' },
  check: { type: 'boolean' },
  results: { type: 'string' },
  baseline: { type: 'string' },
  budgets: { type: 'string' },
  out: { type: 'string' },
} as const;

/** Reads the command line; throws UsageError. */
export function parseArguments(args: readonly string[]): Arguments {
  const values = parsed(args);
  const short = values.short ?? false;
  return {
    cases: chosen('case', values.case, cases),
    contenders:
      chosen('contender', values.contender, [{ name: 'cpw' }, ...contenders]) ??
      (short ? ours : undefined),
    models: split(values.model) ?? (short ? ['tiny.en'] : ['base', 'tiny.en']),
    trials: count(values.trials ?? (short ? '2' : '3')),
    short,
    check: values.check ?? false,
    results: values.results,
    baseline: values.baseline ?? 'bench/baseline.json',
    budgets: values.budgets ?? 'bench/budgets.json',
    out: values.out ?? 'build/bench-results',
  };
}

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`--trials takes a whole number from 1 on, not ${text}`);
}

function chosen(
  flag: string,
  text: string | undefined,
  known: readonly { readonly name: string }[],
): readonly string[] | undefined {
  const names = known.map(({ name }) => name);
  for (const name of split(text) ?? []) {
    if (names.includes(name)) continue;
    const near = suggest(name, names);
    const next = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`--${flag}: there is no ${name}; ${next}`);
  }
  return split(text);
}

function split(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').filter((one) => one !== '');
}
