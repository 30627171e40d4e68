import Papa from 'papaparse';
import { CpwError } from '../errors.js';

/** One row of a table: its cells by column, its line counted from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Partial<Record<Column, string>>>;
  /** Cells of columns that are called by a language, by its canonical code. */
  readonly byLanguage: ReadonlyMap<string, string>;
}

/** A glossary or a table of names as it was read. */
export interface Table {
  readonly rows: readonly TableRow[];
  /** What was not read, in words. */
  readonly notes: readonly string[];
}

type Column = 'source' | 'target' | 'notes' | 'context';

/** Without a header the columns have this order. */
const columnOrder: readonly Column[] = ['source', 'target', 'notes', 'context'];
const columnNames: ReadonlyMap<string, Column> = new Map([
  ['source', 'source'],
  ['source term', 'source'],
  ['term', 'source'],
  ['target', 'target'],
  ['target term', 'target'],
  ['preferred target', 'target'],
  ['preferred', 'target'],
  ['translation', 'target'],
  ['notes', 'notes'],
  ['note', 'notes'],
  ['comment', 'notes'],
  ['context', 'context'],
]);

type Heading =
  { readonly column: Column } | { readonly language: string } | { readonly unknown: string };

/**
 * Reads tab-separated text: quoted cells as spreadsheets write them, lines that begin with # are
 * comments. A table of terms has a header where its first cell is `source` or `term`; a table of
 * names always has one, of languages. Throws CPW_INVALID_OPTIONS that names the line.
 */
export function parseTable(text: string, name: string, kind: 'terms' | 'names'): Table {
  const wrong = (line: number, what: string): CpwError =>
    new CpwError('CPW_INVALID_OPTIONS', `${name}, line ${line}: ${what}`, {
      details: { file: name, line },
    });
  const lines = linesOf(text, wrong);
  const [first] = lines;
  if (first === undefined) return { rows: [], notes: [`${name} has no rows`] };
  const separator = otherSeparator(lines);
  if (separator !== undefined) {
    throw wrong(
      first.line,
      `columns are separated by tabs, and there is none but ${JSON.stringify(separator)}; ` +
        'save the table as tab-separated text',
    );
  }
  const headings = kind === 'names' || startsHeader(first) ? first.cells.map(headingOf) : undefined;
  if (kind === 'names' && !headings?.some((heading) => 'language' in heading)) {
    throw wrong(first.line, 'a table of names begins with a row of language codes, e.g. en, hi');
  }
  const columns = headings ?? columnOrder.map((column) => ({ column }));
  const rows = lines.slice(headings === undefined ? 0 : 1).map((line) => {
    const last = line.cells.findLastIndex((cell) => cell !== '');
    if (last < columns.length) return rowOf(line, columns);
    throw wrong(line.line, `there are ${last + 1} cells for ${columns.length} columns`);
  });
  const unread = columns.flatMap((heading) => ('unknown' in heading ? [heading.unknown] : []));
  const named = unread.filter((cell) => cell !== '').map((cell) => JSON.stringify(cell));
  return { rows, notes: named.map((cell) => `${name}: column ${cell} is not read`) };
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function linesOf(text: string, wrong: (line: number, what: string) => CpwError): readonly Line[] {
  const whole = text.replace(/^\uFEFF/u, '').replaceAll(/\r\n?/gu, '\n');
  const lines: Line[] = [];
  let line = 1;
  let read = 0;
  // Row by row, since a quoted cell can hold line breaks.
  Papa.parse<string[]>(whole, {
    delimiter: '\t',
    newline: '\n',
    comments: '#',
    step: ({ data, errors, meta }) => {
      const raw = whole.slice(read, meta.cursor);
      const skipped = /^(?:#[^\n]*\n)*/u.exec(raw)?.[0] ?? '';
      line += skipped.split('\n').length - 1;
      const [error] = errors;
      if (error) throw wrong(line, `a quoted cell is broken (${error.message})`);
      const cells = data.map((cell) => cell.normalize('NFC').replaceAll(/\s+/gu, ' ').trim());
      if (cells.some((cell) => cell !== '')) lines.push({ line, cells });
      line += raw.slice(skipped.length).split('\n').length - 1;
      read = meta.cursor;
    },
  });
  return lines;
}

/** What separates the columns of a table that was saved in another form. */
function otherSeparator(lines: readonly Line[]): string | undefined {
  if (lines.some(({ cells }) => cells.length > 1)) return undefined;
  return [',', ';'].find((one) => lines.every(({ cells }) => cells[0]?.includes(one)));
}

function startsHeader({ cells }: Line): boolean {
  const heading = headingOf(cells[0] ?? '');
  return 'column' in heading && heading.column === 'source';
}

function headingOf(cell: string): Heading {
  const column = columnNames.get(cell.toLowerCase().replaceAll('_', ' '));
  if (column !== undefined) return { column };
  const language = languageOf(cell);
  return language === undefined ? { unknown: cell } : { language };
}

function rowOf({ line, cells }: Line, columns: readonly Heading[]): TableRow {
  const known: Partial<Record<Column, string>> = {};
  const byLanguage = new Map<string, string>();
  for (const [index, heading] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    if ('column' in heading) known[heading.column] = cell;
    else if ('language' in heading) byLanguage.set(heading.language, cell);
  }
  return { line, cells: known, byLanguage };
}

/** The canonical form of a language code (`hi_latn`: `hi-Latn`); undefined for anything else. */
export function languageOf(text: string): string | undefined {
  if (!/^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/iu.test(text)) return undefined;
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** The alternatives of a cell, which stand between |. */
export function alternativesOf(cell: string | undefined): readonly string[] {
  const parts = (cell ?? '').split('|').map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}
