import type { OptionRow } from './describe.js';

const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/iu;
const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** What a flag's or a variable's text stands for; the schema judges what it cannot be. */
export function textValue(row: OptionRow, text: string): unknown {
  if (row.kind === 'list') return listValue(row, text);
  if (row.kind === 'boolean') return booleans[text.toLowerCase()] ?? text;
  return scalarValue(row, text);
}

function listValue(row: OptionRow, text: string): unknown {
  if (text.trim() === '') return [];
  return text.split(',').map((word) => scalarValue(row, word.trim()));
}

function scalarValue(row: OptionRow, text: string): unknown {
  return row.numeric && number.test(text) ? Number(text) : text;
}
