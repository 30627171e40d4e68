import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CpwError } from '../errors.js';
import { alternativesOf, languageOf, parseTable, type TableRow } from './glossary-tsv.js';

/** A form that is looked for in one language, and what it is to be in another. */
export interface GlossaryTerm {
  readonly source: string;
  /** The preferred form first, then others that are as good. Empty: it only helps recognition. */
  readonly targets: readonly string[];
  readonly kind: 'term' | 'name';
  /** For people; they do not decide where a term holds. */
  readonly notes?: string;
  readonly context?: string;
  /** Where it comes from, e.g. `terms.tsv:12`. */
  readonly from: string;
}

/** The terms for one pair of languages. */
export interface Glossary {
  readonly terms: readonly GlossaryTerm[];
  /** What a user should know of the files, in words. */
  readonly notes: readonly string[];
}

/** A name in the languages and scripts in which it is known: `en`, `hi`, `hi-Latn`. */
export interface NameForms {
  readonly forms: ReadonlyMap<string, readonly string[]>;
  readonly notes?: string;
  readonly from: string;
}

/** Of what and into what is translated; without a target the terms only help recognition. */
export interface LanguagePair {
  readonly source: string;
  readonly target?: string | undefined;
}

/** Where terms come from. */
export interface GlossarySources {
  readonly files?: readonly string[];
  readonly namesFiles?: readonly string[];
  /** Names that do not come from a file, such as those of a film's cast. */
  readonly names?: readonly NameForms[];
}

/**
 * Reads glossaries and tables of names. A row's target is that of the column called by the target
 * language, else that of the column `target`, which holds for every language unless the file is
 * called by one (`terms.es.tsv`). Throws CPW_FILE_NOT_FOUND or CPW_INVALID_OPTIONS.
 */
export async function loadGlossary(
  { files = [], namesFiles = [], names = [] }: GlossarySources,
  languages: LanguagePair,
): Promise<Glossary> {
  const notes: string[] = [];
  const terms: GlossaryTerm[] = [];
  for (const file of files) {
    const table = parseTable(await readText(file), JSON.stringify(file), 'terms');
    notes.push(...table.notes);
    for (const row of table.rows) terms.push(termOf(row, file, languages));
  }
  const known = [...names];
  for (const file of namesFiles) {
    const table = parseTable(await readText(file), JSON.stringify(file), 'names');
    notes.push(...table.notes);
    known.push(...table.rows.map((row) => nameOf(row, file)));
  }
  terms.push(...known.flatMap((name) => termsOfName(name, languages)));
  return withoutRepeats(terms, notes);
}

function termOf(row: TableRow, file: string, languages: LanguagePair): GlossaryTerm {
  const from = `${basename(file)}:${row.line}`;
  const { source, target, notes, context } = row.cells;
  if (source === undefined) {
    const message = `${JSON.stringify(file)}, line ${row.line}: the source term is missing`;
    throw new CpwError('CPW_INVALID_OPTIONS', message, { details: { file, line: row.line } });
  }
  const bound = languageOf(/\.([^.]+)\.[^.]+$/u.exec(basename(file))?.[1] ?? '');
  const holds = bound === undefined || isSame(bound, languages.target);
  const cell = nearest(row.byLanguage, languages.target) ?? (holds ? target : undefined);
  return {
    source,
    targets: languages.target === undefined ? [] : alternativesOf(cell),
    kind: 'term',
    ...(notes === undefined ? {} : { notes }),
    ...(context === undefined ? {} : { context }),
    from,
  };
}

function nameOf({ byLanguage, cells, line }: TableRow, file: string): NameForms {
  const forms = new Map([...byLanguage].map(([code, cell]) => [code, alternativesOf(cell)]));
  const { notes } = cells;
  return { forms, from: `${basename(file)}:${line}`, ...(notes === undefined ? {} : { notes }) };
}

/** One term for each form of the source language, in whatever script it is written. */
function termsOfName(name: NameForms, { source, target }: LanguagePair): readonly GlossaryTerm[] {
  const { notes, from } = name;
  const sources = [...name.forms].flatMap(([code, forms]) => (isSame(code, source) ? forms : []));
  const given = target === undefined ? [] : (nearest(name.forms, target) ?? []);
  return [...new Set(sources)].map((form) => {
    // A name stays what it is where both languages are written alike.
    const stays = given.length === 0 && target !== undefined && isWrittenIn(form, target);
    return {
      source: form,
      targets: stays ? [form] : given,
      kind: 'name',
      ...(notes === undefined ? {} : { notes }),
      from,
    };
  });
}

/** The entry for a language as it stands, else for the same language in its usual script. */
function nearest<T>(entries: ReadonlyMap<string, T>, language: string | undefined): T | undefined {
  if (language === undefined) return undefined;
  const wanted = languageOf(language) ?? language;
  const usual = new Intl.Locale(wanted).maximize();
  for (const [code, entry] of entries) if (code === wanted) return entry;
  for (const [code, entry] of entries) {
    const locale = new Intl.Locale(code).maximize();
    if (locale.language === usual.language && locale.script === usual.script) return entry;
  }
  return undefined;
}

function isSame(code: string, language: string | undefined): boolean {
  const wanted = languageOf(language ?? '');
  return (
    wanted !== undefined && new Intl.Locale(code).language === new Intl.Locale(wanted).language
  );
}

/** True where all letters of a text belong to the script in which a language is usually written. */
export function isWrittenIn(text: string, language: string): boolean {
  const { script = 'Latn' } = new Intl.Locale(languageOf(language) ?? 'und').maximize();
  const parts = scriptParts[script] ?? [script];
  const pattern = parts.map((part) => `\\p{Script_Extensions=${part}}`).join('');
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.every((letter) => new RegExp(`[${pattern}]`, 'u').test(letter));
}

/** Scripts of a language tag that are several to Unicode. */
const scriptParts: Readonly<Record<string, readonly string[]>> = {
  Jpan: ['Han', 'Hiragana', 'Katakana'],
  Kore: ['Hangul', 'Han'],
  Hans: ['Han'],
  Hant: ['Han'],
};

/** The first of several rows for the same term counts; that others say something else is told. */
function withoutRepeats(terms: readonly GlossaryTerm[], notes: string[]): Glossary {
  const kept = new Map<string, GlossaryTerm>();
  for (const term of terms) {
    const before = kept.get(term.source);
    if (before === undefined) {
      kept.set(term.source, term);
      continue;
    }
    if (before.targets.length === 0) kept.set(term.source, term);
    else if (term.targets.length > 0 && term.targets.join('|') !== before.targets.join('|')) {
      const shown = JSON.stringify(term.source);
      notes.push(`${term.from}: ${shown} stands in ${before.from} already, which counts`);
    }
  }
  return { terms: [...kept.values()], notes };
}

/** UTF-8, or UTF-16 as spreadsheets save "Unicode text". */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${JSON.stringify(file)} cannot be read (${why}). Next step: check the path.`;
    throw new CpwError('CPW_FILE_NOT_FOUND', message, { cause, details: { path: file } });
  });
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = `${JSON.stringify(file)} is not in UTF-8. Next step: save it as UTF-8.`;
    throw new CpwError('CPW_INVALID_OPTIONS', message, { cause, details: { path: file } });
  }
}
