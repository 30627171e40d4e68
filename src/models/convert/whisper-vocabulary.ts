import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { incompatible } from './binary-file.js';
import { readJson, readText } from './json-file.js';

/** The tokens of a model in the order of their ids; `path` is for messages. */
export interface Vocabulary {
  readonly path: string;
  readonly tokens: readonly string[];
}

/** The files that CTranslate2 looks for, in its order. */
const fileNames = ['vocabulary.json', 'vocabulary.txt'] as const;

/** Reads the tokens of a CTranslate2 folder. */
export async function readVocabulary(folder: string): Promise<Vocabulary> {
  for (const name of fileNames) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    const tokens = name.endsWith('.json') ? await readList(path) : lines(await readText(path));
    return { path, tokens };
  }
  throw new CpwError(
    'CPW_FILE_NOT_FOUND',
    `The model folder '${folder}' has no ${fileNames.join(' and no ')}. ` +
      'Next step: fetch or convert the model again.',
    { details: { folder } },
  );
}

/**
 * The bytes that a token of GPT-2's vocabulary stands for. Such vocabularies print each byte as a
 * visible character: printable Latin-1 as itself, the other 68 as U+0100 and up, in their order.
 * Returns undefined when a character is none of these.
 */
export function tokenBytes(token: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = bytesByCharacter.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

const bytesByCharacter = byteTable();

function byteTable(): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte += 1) {
    const visible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    table.set(String.fromCharCode(visible ? byte : next), byte);
    if (!visible) next += 1;
  }
  return table;
}

async function readList(path: string): Promise<readonly string[]> {
  const { data } = z.array(z.string()).safeParse(await readJson(path));
  if (data === undefined) throw incompatible(path, 'it is no list of strings');
  return data;
}

/** Only the line feed ends a token; the empty token of multilingual models is an empty line. */
function lines(text: string): readonly string[] {
  const found = text.split('\n');
  if (found.at(-1) === '') found.pop();
  return found;
}
