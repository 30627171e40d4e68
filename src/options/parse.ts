import type { z } from 'zod';
import { CpwError } from '../errors.js';
import { expectedAt, isSecretAt, keysAt, wordsAt } from './describe.js';
import { suggest } from './suggest.js';

/** One option that cannot be taken as it stands. */
export interface OptionProblem {
  /** The option's name as the caller writes it. */
  readonly option: string;
  readonly message: string;
}

export interface ParseContext {
  /** What the options belong to, for the message: `transcribe`. */
  readonly subject: string;
  /** How an option is called where it was given: its path by default, its flag on a command line. */
  readonly nameOf?: (path: readonly string[]) => string;
}

/**
 * The options with every default filled in, frozen. Throws CPW_INVALID_OPTIONS that names all
 * wrong ones at once; `details.problems` lists them.
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: ParseContext,
): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return deepFreeze(result.data);
  throw optionsError(problemsOf(schema, { value, error: result.error }, context), context.subject);
}

/** Like {@link parseOptions}, but hands the problems back, for a caller that has more of them to report. */
export function checkOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: ParseContext,
): { data: z.output<Schema> } | { problems: readonly OptionProblem[] } {
  const result = schema.safeParse(value ?? {});
  if (result.success) return { data: deepFreeze(result.data) };
  return { problems: problemsOf(schema, { value, error: result.error }, context) };
}

/** CPW_INVALID_OPTIONS that says everything that is wrong. */
export function optionsError(problems: readonly OptionProblem[], subject: string): CpwError {
  const lines = problems.map(({ option, message }) => (option ? `${option}: ${message}` : message));
  const message =
    lines.length === 1
      ? `${subject}: ${lines.join('')}`
      : `${subject}: ${lines.length} options are wrong\n  ${lines.join('\n  ')}`;
  return new CpwError('CPW_INVALID_OPTIONS', message, { details: { problems } });
}

/** What to say of a key that nobody knows. */
export function unknownOption(known: readonly string[], key: string): string {
  const near = suggest(key, known);
  return near === undefined ? 'is not an option here' : `is not an option; did you mean ${near}?`;
}

function problemsOf(
  schema: z.ZodType,
  failed: { value: unknown; error: z.ZodError },
  context: ParseContext,
): readonly OptionProblem[] {
  const nameOf = context.nameOf ?? ((path: readonly string[]) => path.join('.'));
  return failed.error.issues.flatMap(meantIssues).flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') {
      // An index names an entry of a list, which has no name of its own.
      const named = issue.path.filter((key) => typeof key !== 'number').map(String);
      const message = `${entryOf(issue.path)}${messageOf(schema, failed.value, issue)}`;
      return [{ option: nameOf(named), message }];
    }
    const known = keysAt(schema, path).map((key) => nameOf([...path, key]));
    return issue.keys.map((key) => {
      const option = nameOf([...path, key]);
      return { option, message: unknownOption(known, option) };
    });
  });
}

/** Which entry of a list a key is wrong in; of a plain entry the message shows the text. */
function entryOf(path: readonly PropertyKey[]): string {
  const index = path.slice(0, -1).find((key) => typeof key === 'number');
  return index === undefined ? '' : `of entry ${index + 1}, `;
}

/** Of an option that may be an object or something simpler, the object's issues where one was given. */
function meantIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = (one: z.core.$ZodIssue): boolean =>
    one.path.length > 0 || one.code === 'unrecognized_keys';
  const meant = issue.errors.find((branch) => branch.some(inside));
  return meant?.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

function messageOf(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  const path = issue.path.map(String);
  const found = valueAt(value, path);
  const given = isSecretAt(schema, path) && found !== undefined ? 'the text' : show(found);
  if (
    issue.code === 'invalid_format' ||
    (issue.code === 'too_small' && issue.origin === 'string')
  ) {
    return `${given} ${issue.message}`;
  }
  // A list's entries have an index in their path, which the schema does not.
  const expected = expectedAt(schema, path) ?? expectedAt(schema, path.slice(0, -1));
  const problem = found === undefined ? 'is missing' : `${given} cannot be taken`;
  const words = wordsAt(schema, path) ?? wordsAt(schema, path.slice(0, -1)) ?? [];
  const near = typeof found === 'string' ? suggest(found, words) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `${problem}; expected ${expected ?? issue.message}${hint}`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
