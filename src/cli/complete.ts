import { installedModels } from '../models/layout.js';
import { registry } from '../models/registry.js';
import { describeOptions, type OptionRow } from '../options/describe.js';
import { commandEntries, type Leaf } from './commands/all.js';
import { modelsDirOf } from './library.js';
import { shells } from './shells.js';

interface Candidate {
  readonly text: string;
  readonly meaning: string;
}

/**
 * What a shell can offer for the last of the words, one a line; nothing where file names are meant.
 * `words` are those behind the program's name.
 */
export async function complete(shell: string, words: readonly string[]): Promise<string> {
  // Bash takes = for a word of its own.
  const split = shell === 'bash' && words.slice(-2).includes('=');
  const joined = split ? joinEquals(words) : words;
  const current = joined.at(-1) ?? '';
  const candidates = await candidatesFor(joined.slice(0, -1), current);
  return candidates
    .filter(({ text }) => text.startsWith(current))
    .map(({ text, meaning }) => {
      const shown = split ? text.slice(text.indexOf('=') + 1) : text;
      if (shell === 'zsh') return `${shown.replaceAll(/[\\:]/gu, '\\$&')}:${meaning}\n`;
      if (shell === 'fish') return `${shown}\t${meaning}\n`;
      return `${shown.replaceAll(/[^\p{L}\p{N}@%+=:,./_-]/gu, '\\$&')}\n`;
    })
    .join('');
}

function joinEquals(words: readonly string[]): readonly string[] {
  const at = words.lastIndexOf('=');
  return [...words.slice(0, at - 1), words.slice(at - 1).join('')];
}

async function candidatesFor(
  before: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const names = before.filter((word) => !word.startsWith('-'));
  const entry = commandEntries.find(({ name }) => startsWith(names, name.split(' ')));
  if (entry === undefined) return commandWords(names);
  if (before.includes('--')) return [];
  const leaf = await entry.load();
  const rows = Object.values(leaf.schemas).flatMap((schema) => describeOptions(schema));
  const [, named, prefix] = /^(--[^=]+)=(.*)$/su.exec(current) ?? [];
  if (named !== undefined) {
    const values = await valuesOf(rows, named, prefix ?? '');
    return values.map(({ text, meaning }) => ({ text: `${named}=${text}`, meaning }));
  }
  const last = before.at(-1) ?? '';
  const open = rows.some(({ flag, kind }) => last === `--${flag}` && kind !== 'boolean');
  if (open) return valuesOf(rows, last, current);
  if (current.startsWith('-')) return rows.flatMap(flagsOf);
  return wordsOf(leaf);
}

function startsWith(words: readonly string[], name: readonly string[]): boolean {
  return name.every((word, at) => words[at] === word);
}

function commandWords(names: readonly string[]): readonly Candidate[] {
  const inside = commandEntries.filter(({ name }) => startsWith(name.split(' '), names));
  const found = new Map<string, string>();
  for (const { name, summary } of inside) {
    const words = name.split(' ');
    const word = words[names.length] ?? '';
    found.set(word, words.length === names.length + 1 ? summary : `${word} …`);
  }
  return [...found].map(([text, meaning]) => ({ text, meaning }));
}

async function valuesOf(
  rows: readonly OptionRow[],
  dashed: string,
  current: string,
): Promise<readonly Candidate[]> {
  const row = rows.find(({ flag }) => `--${flag}` === dashed);
  if (row === undefined) return [];
  if (row.flag === 'model') return modelNames();
  const words = row.kind === 'boolean' ? ['true', 'false'] : row.choices;
  const listed = row.kind === 'list' ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return words.map((word) => ({ text: `${listed}${word}`, meaning: row.group }));
}

function flagsOf(row: OptionRow): readonly Candidate[] {
  const meaning = row.text.split(/[.;:] /u)[0] ?? '';
  const positive = { text: `--${row.flag}`, meaning };
  const on = row.kind === 'boolean' && row.defaultText === 'true';
  return on ? [positive, { text: `--no-${row.flag}`, meaning: `Not: ${meaning}` }] : [positive];
}

async function wordsOf({ complete: kind }: Leaf): Promise<readonly Candidate[]> {
  if (kind === 'models') return modelNames();
  return kind === 'shells' ? shells.map((text) => ({ text, meaning: '' })) : [];
}

async function modelNames(): Promise<readonly Candidate[]> {
  const named = process.env['CPW_MODELS_DIR'];
  const installed = await installedModels(
    modelsDirOf({ modelsDir: named === '' ? undefined : named }),
  );
  const there = installed.filter(({ role }) => role === 'recognizer').map(({ name }) => name);
  const known = registry.filter(({ role }) => role === 'recognizer').map(({ name }) => name);
  return [
    ...there.map((text) => ({ text, meaning: 'installed' })),
    ...known
      .filter((one) => !there.includes(one))
      .map((text) => ({ text, meaning: 'known by name' })),
  ];
}
