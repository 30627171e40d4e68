import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { CpwError } from '../errors.js';
import type { FileContent } from './config-sources.js';

/** A file of options, JSON or YAML by its name. */
export interface ConfigText {
  readonly kind: FileContent['kind'];
  readonly name: string;
  readonly text: string;
}

/** What the text holds. Throws CPW_INVALID_OPTIONS with the line where it is not JSON or YAML. */
export function parseConfigText({ kind, name, text }: ConfigText): FileContent {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const [wrong] = document.errors;
  if (name.endsWith('.json') && text.trim() !== '') checkJson(name, text);
  if (wrong !== undefined) {
    const [place] = wrong.linePos ?? [];
    const at = place === undefined ? '' : `:${place.line}:${place.col}`;
    throw notReadable(`${name}${at}`, wrong.message.split('\n')[0] ?? '', wrong);
  }
  return {
    kind,
    name,
    value: valueOf(name, document),
    lineOf: (path) => lineOf(document, { path, lines }),
  };
}

function valueOf(name: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases that multiply, or that name nothing.
    throw notReadable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** YAML takes more than JSON does; a .json file that only YAML can read is a mistake. */
function checkJson(name: string, text: string): void {
  try {
    JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw notReadable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function lineOf(
  document: Document,
  { path, lines }: { path: readonly string[]; lines: LineCounter },
): number | undefined {
  const last = path.at(-1);
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
  const start = pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
  return start === undefined ? undefined : lines.linePos(start).line;
}

function notReadable(place: string, reason: string, cause: unknown): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `${place}: cannot be read: ${reason}. Next step: mend it; cpw-native config schema shows its shape.`,
    { cause },
  );
}
