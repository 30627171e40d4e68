import type { z } from 'zod';
import { describeOptions, type OptionRow } from '../../src/options/describe.js';

/** An option with a value that is not its default. */
export interface OtherValue {
  readonly path: readonly string[];
  readonly flag: string;
  readonly value: unknown;
  /** The options object with this value and nothing else. */
  readonly options: Record<string, unknown>;
}

/** Tried one after the other: what the schema takes, and what comes out otherwise than by default. */
const guesses = [
  5,
  2,
  0.4,
  25,
  200,
  0.9,
  -2,
  'de',
  'other',
  ['other'],
  ['de'],
  [7],
  3,
  1,
  7,
  1999,
  'https://host/3',
];

/**
 * Every option of a schema with another value than its default, `given` where no guess fits. Throws
 * for an option without one, so that a new option is not passed over.
 */
export function otherValues(
  schema: z.ZodType,
  { base = {}, given = {} }: { base?: object; given?: Readonly<Record<string, unknown>> } = {},
): readonly OtherValue[] {
  const byDefault = JSON.stringify(schema.parse(base));
  return describeOptions(schema).map((row) => {
    const { path, flag } = row;
    for (const value of candidates(row, given)) {
      const options = { ...base, ...nested(path, value) };
      const parsed = schema.safeParse(options);
      if (parsed.success && JSON.stringify(parsed.data) !== byDefault) {
        return { path, flag, value, options };
      }
    }
    throw new Error(`${flag}: tell this test a value that is not the default`);
  });
}

function candidates(row: OptionRow, given: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (Object.hasOwn(given, row.flag)) return [given[row.flag]];
  const words = row.kind === 'list' ? row.choices.map((one) => [one]) : row.choices;
  const booleans = row.kind === 'boolean' || row.flag === 'vad' ? [true, false] : [];
  return [...booleans, ...words.toReversed(), ...guesses];
}

function nested([key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}
