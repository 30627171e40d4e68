import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CpwError } from '../../errors.js';
import { incompatible } from './binary-file.js';
import { fileError } from './file-error.js';

/** The files that CTranslate2 looks for, in its order. */
const fileNames = ['vocabulary.json', 'vocabulary.txt'] as const;
/** Whisper's have 1 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads the tokens of a CTranslate2 folder, in the order of their ids. */
export async function readVocabulary(
  folder: string,
): Promise<{ readonly path: string; readonly tokens: readonly string[] }> {
  for (const name of fileNames) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    if (!info.isFile() || info.size > MAX_BYTES) throw incompatible(path, 'it is no vocabulary');
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw fileError('read', path, error);
    });
    const tokens = name.endsWith('.json') ? parseList(path, text) : parseLines(text);
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

function parseList(path: string, text: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw incompatible(
      path,
      `it is no JSON (${error instanceof Error ? error.message : 'damaged'})`,
    );
  }
  const isList = Array.isArray(parsed) && parsed.every((token) => typeof token === 'string');
  if (!isList) throw incompatible(path, 'it is no list of strings');
  return parsed as string[];
}

/** Only the line feed ends a token; the empty token of multilingual models is an empty line. */
function parseLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
