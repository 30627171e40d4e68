import { z } from 'zod';

/** One option as a schema states it: what flags, help and the reference page are made of. */
export interface OptionRow {
  /** Keys from the options object down, e.g. `['vad', 'speechPadMs']`. */
  readonly path: readonly string[];
  /** The path, kebab-cased: `vad-speech-pad-ms`. */
  readonly flag: string;
  readonly kind: 'boolean' | 'value' | 'list';
  /** True where a number is among the accepted values. */
  readonly numeric: boolean;
  /** The closed set of accepted words, empty where it is open. */
  readonly choices: readonly string[];
  /** True where any text is accepted. */
  readonly open: boolean;
  /** What is accepted, in words: `auto or a whole number from 1 to 8`. */
  readonly expected: string;
  /** Absent where leaving the option out is a case of its own. */
  readonly defaultText?: string;
  readonly text: string;
  readonly group: string;
  /** True for a value that is never shown: a token, a password. */
  readonly secret: boolean;
}

interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly group?: string;
  readonly secret?: boolean;
}

/** Every leaf of an options schema, in the schema's order. An object that may also be a boolean (`vad`) is a row itself. */
export function describeOptions(schema: z.ZodType): readonly OptionRow[] {
  return rowsOf(schemaNode(schema), [], 'Options');
}

/** Words for what the schema accepts at a path; undefined for a path that it does not know. */
export function expectedAt(schema: z.ZodType, path: readonly string[]): string | undefined {
  const node = nodeAt(schemaNode(schema), path);
  return node === undefined ? undefined : expectedOf(node);
}

/** The words among what the schema accepts at a path; undefined for a path that it does not know. */
export function wordsAt(schema: z.ZodType, path: readonly string[]): readonly string[] | undefined {
  const node = nodeAt(schemaNode(schema), path);
  return node === undefined ? undefined : wordsOf(node.items ?? node);
}

/** True where the value at a path must not be shown. */
export function isSecretAt(schema: z.ZodType, path: readonly string[]): boolean {
  return nodeAt(schemaNode(schema), path)?.secret === true;
}

/** The keys that the schema knows in the object at a path. */
export function keysAt(schema: z.ZodType, path: readonly string[]): readonly string[] {
  const node = nodeAt(schemaNode(schema), path);
  return node === undefined ? [] : Object.keys(propertiesOf(node) ?? {});
}

/** The flag of an option's path, without dashes in front: `vad.speechPadMs` → `vad-speech-pad-ms`. */
export function flagOf(path: readonly string[]): string {
  return path.map(kebabCase).join('-');
}

// A schema never changes, and each conversion of it costs some milliseconds.
const nodes = new WeakMap<z.ZodType, SchemaNode>();

function schemaNode(schema: z.ZodType): SchemaNode {
  const node = nodes.get(schema) ?? converted(schema);
  nodes.set(schema, node);
  return node;
}

/** A schema with an id of its own stands among the definitions, and is only referred to. */
function converted(schema: z.ZodType): SchemaNode {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'input' });
  const { id = '' } = z.globalRegistry.get(schema) ?? {};
  return ($defs[id] ?? root) as SchemaNode;
}

function rowsOf(node: SchemaNode, path: readonly string[], group: string): OptionRow[] {
  const properties = Object.entries(propertiesOf(node) ?? {});
  return properties.flatMap(([key, child]) => {
    const childPath = [...path, key];
    const childGroup = child.group ?? group;
    const below = rowsOf(child, childPath, childGroup);
    return child.type === 'object' ? below : [rowOf(child, childPath, childGroup), ...below];
  });
}

function rowOf(node: SchemaNode, path: readonly string[], group: string): OptionRow {
  const words = wordsOf(node.items ?? node);
  return {
    path,
    flag: flagOf(path),
    kind: kindOf(node),
    numeric: alternatives(node).some((one) => isNumber(one) || isNumber(one.items ?? {})),
    choices: alternatives(node.items ?? node).every((one) => wordsOf(one).length > 0) ? words : [],
    open: alternatives(node).some((one) => one.type === 'string' && wordsOf(one).length === 0),
    expected: expectedOf(node),
    ...(hasDefault(node) ? { defaultText: String(node.default) } : {}),
    text: node.description ?? '',
    group,
    secret: node.secret === true,
  };
}

function hasDefault(node: SchemaNode): boolean {
  const { default: value } = node;
  return value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function kindOf(node: SchemaNode): OptionRow['kind'] {
  const types = alternatives(node).map(({ type }) => type);
  if (types.includes('array')) return 'list';
  return types.includes('boolean') ? 'boolean' : 'value';
}

function nodeAt(node: SchemaNode, path: readonly string[]): SchemaNode | undefined {
  let found: SchemaNode | undefined = node;
  for (const key of path) found = found && propertiesOf(found)?.[key];
  return found;
}

function propertiesOf(node: SchemaNode): SchemaNode['properties'] {
  return alternatives(node).find((one) => one.properties !== undefined)?.properties;
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return node.anyOf ?? [node];
}

function isNumber(node: SchemaNode): boolean {
  return node.type === 'number' || node.type === 'integer';
}

function wordsOf(node: SchemaNode): readonly string[] {
  return alternatives(node).flatMap((one) => {
    const values = one.enum ?? (one.const === undefined ? [] : [one.const]);
    return values.filter((value) => typeof value === 'string');
  });
}

function expectedOf(node: SchemaNode): string {
  return alternatives(node).map(expectedOfOne).join(' or ');
}

function expectedOfOne(node: SchemaNode): string {
  const words = wordsOf(node);
  if (words.length === 1) return words.join('');
  if (words.length > 1) return `one of ${words.join(', ')}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'object') return 'an object';
  if (node.type === 'array') return `a list of ${itemsOf(node.items ?? {})}`;
  if (!isNumber(node)) return 'a text';
  const what = node.type === 'integer' ? 'a whole number' : 'a number';
  const { minimum = -Infinity, maximum = Infinity } = node;
  // Where a range ends with the 32 bits of a number, no end was meant.
  return maximum >= 2 ** 31 - 1
    ? `${what} from ${minimum} up`
    : `${what} from ${minimum} to ${maximum}`;
}

function itemsOf(items: SchemaNode): string {
  if (isNumber(items)) return expectedOfOne(items).replace(/^a(?: whole)? number/u, 'numbers');
  return wordsOf(items).join(', ') || 'texts';
}

function kebabCase(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
