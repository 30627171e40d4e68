import type { Argv } from 'yargs';
import type { z } from 'zod';
import { describeOptions } from '../options/describe.js';

/** The schemas whose options a command takes as flags, by any name. */
export type FlagSchemas = Readonly<Record<string, z.ZodType>>;

/** Every schema's options, parsed. */
export type FlagValues<Schemas extends FlagSchemas> = {
  readonly [Name in keyof Schemas]: z.output<Schemas[Name]>;
};

/** Tells yargs which flags are switches. Values have no type here: the schemas judge them. */
export function addFlags(yargs: Argv, schemas: FlagSchemas): Argv {
  const rows = Object.values(schemas).flatMap((schema) => describeOptions(schema));
  return yargs.boolean(rows.filter(({ kind }) => kind === 'boolean').map(({ flag }) => flag));
}
