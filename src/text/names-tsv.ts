import Papa from 'papaparse';
import type { NameForms } from './glossary.js';

/**
 * Names as a table that {@link loadGlossary} reads and people can mend: a column for each language,
 * a line for each name.
 */
export function formatNames(names: readonly NameForms[]): string {
  const languages = [...new Set(names.flatMap(({ forms }) => [...forms.keys()]))];
  const rows = names.map(({ forms, notes }) => [
    ...languages.map((language) => (forms.get(language) ?? []).map(cellOf).join('|')),
    cellOf(notes ?? ''),
  ]);
  const table = [[...languages, 'notes'], ...rows];
  // A line that begins with # would be a comment.
  const quotes = (cell: unknown): boolean => /^[#"]/u.test(String(cell));
  return `${Papa.unparse(table, { delimiter: '\t', newline: '\n', quotes })}\n`;
}

/** What parts cells and forms from each other cannot stand in a form. */
function cellOf(text: string): string {
  return text.replaceAll('|', '/').replaceAll(/\s+/gu, ' ').trim();
}
