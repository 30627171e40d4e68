import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A recording of tests/data/audio with what is spoken in it. */
export interface Recording {
  readonly name: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

const folder = new URL('../data/audio/', import.meta.url);

/** The path of a file in tests/data/audio. */
export function audioPath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** The recordings that a reference file lists: `refs.json` or `real/refs.json`. */
export function recordings(refs: 'refs.json' | 'real/refs.json'): readonly Recording[] {
  const base = new URL(refs, folder);
  const rows = JSON.parse(readFileSync(base, 'utf8')) as Record<
    string,
    { readonly language: string; readonly text: string }
  >;
  return Object.entries(rows).map(([name, { language, text }]) => ({
    name,
    path: fileURLToPath(new URL(name, base)),
    language,
    text,
  }));
}
