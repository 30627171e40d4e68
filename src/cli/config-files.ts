import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileContent } from '../options/config-sources.js';
import type { OptionProblem } from '../options/parse.js';
import { userConfigDir } from './user-config-dir.js';

/** The word that stands for no file. */
const none = 'none';
const extensions = ['json', 'yaml', 'yml'] as const;

/** How the configuration file was looked for. */
export interface FoundConfig {
  /** The file that is read; undefined where there is none. */
  readonly file: string | undefined;
  /** What named it: `--config`, `CPW_CONFIG`, or the search. */
  readonly by: '--config' | 'CPW_CONFIG' | 'search';
  /** The places that were looked at, in order. */
  readonly searched: readonly string[];
}

/** Finds the configuration file: the one that is named, else the first of the usual places. */
export async function findConfigFile(flag: string | undefined): Promise<FoundConfig> {
  const variable = process.env['CPW_CONFIG'];
  const named = flag ?? (variable === '' ? undefined : variable);
  if (named !== undefined) {
    const by = flag === undefined ? 'CPW_CONFIG' : '--config';
    return { file: named === none ? undefined : named, by, searched: [] };
  }
  const searched = places();
  for (const place of searched) {
    if (
      await stat(place)
        .then((found) => !found.isDirectory())
        .catch(() => false)
    ) {
      return { file: place, by: 'search', searched };
    }
  }
  return { file: undefined, by: 'search', searched };
}

/** Reads a file of options; a problem that names `by` where that fails. */
export async function readConfigFile(
  kind: FileContent['kind'],
  file: string,
  by: string,
): Promise<FileContent | OptionProblem> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    return { option: by, message: `${JSON.stringify(file)} cannot be read (${reasonOf(cause)})` };
  }
  const { parseConfigText } = await import('../options/config-text.js');
  try {
    return parseConfigText({ kind, name: file, text });
  } catch (cause) {
    return { option: '', message: cause instanceof Error ? cause.message : String(cause) };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return ('code' in cause ? reasons[String(cause.code)] : undefined) ?? cause.message;
}

function places(): readonly string[] {
  const folder = userConfigDir();
  return [
    ...extensions.map((extension) => `cpw-native.config.${extension}`),
    ...extensions.map((extension) => join(folder, `config.${extension}`)),
  ];
}
