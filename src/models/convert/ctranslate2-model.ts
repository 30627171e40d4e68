import { BinaryCursor, BinaryFile } from './binary-file.js';
import {
  countOf,
  variableTypeBytes,
  variableTypes,
  type ModelVariable,
  type ModelWeights,
} from './model-weights.js';

/** What a model.bin says; the numbers themselves stay in `file`. */
export interface CTranslate2Model extends ModelWeights {
  readonly file: BinaryFile;
  readonly version: number;
}

/** Versions 4 to 6 share this layout; older ones store no type. */
const OLDEST_VERSION = 4;
/** The version that CTranslate2 4.x writes and this package writes. */
export const CURRENT_VERSION = 6;
const MAX_RANK = 8;
/** A name's length, its bytes, rank, type and size: no variable takes less. */
const LEAST_VARIABLE_BYTES = 2 + 1 + 1 + 1 + 4 + 1;

/**
 * Reads the table of a CTranslate2 model.bin and checks every length in it against the file.
 * The caller closes `file`. Throws CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE.
 */
export async function openCTranslate2Model(path: string): Promise<CTranslate2Model> {
  const file = await BinaryFile.open(path);
  try {
    return await readModel(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readModel(file: BinaryFile): Promise<CTranslate2Model> {
  const cursor = new BinaryCursor(file);
  const version = await cursor.u32();
  if (version < OLDEST_VERSION || version > CURRENT_VERSION) {
    const known = `${OLDEST_VERSION} to ${CURRENT_VERSION}`;
    throw file.damaged(`it is no CTranslate2 model of version ${known} (it says ${version})`);
  }
  const spec = await readString(file, cursor, 'the model type');
  const revision = await cursor.u32();
  const variables = await readVariables(file, cursor);
  const aliases = await readAliases(file, cursor, variables);
  if (cursor.remaining > 0) throw file.damaged(`${cursor.remaining} bytes follow its end`);
  const damaged = (what: string, nextStep?: string) => file.damaged(what, nextStep);
  return { file, path: file.path, version, spec, revision, variables, aliases, damaged };
}

async function readVariables(
  file: BinaryFile,
  cursor: BinaryCursor,
): Promise<Map<string, ModelVariable>> {
  const count = await cursor.u32();
  if (count * LEAST_VARIABLE_BYTES > cursor.remaining) {
    throw file.damaged(`it announces ${count} variables and is too short for them`);
  }
  const variables = new Map<string, ModelVariable>();
  for (let i = 0; i < count; i += 1) {
    const variable = await readVariable(file, cursor);
    if (variables.has(variable.name)) throw file.damaged(`'${variable.name}' stands in it twice`);
    variables.set(variable.name, variable);
  }
  return variables;
}

async function readVariable(file: BinaryFile, cursor: BinaryCursor): Promise<ModelVariable> {
  const name = await readString(file, cursor, "a variable's name");
  const rank = await cursor.u8();
  if (rank > MAX_RANK) throw file.damaged(`'${name}' has ${rank} dimensions`);
  const dims: number[] = [];
  for (let i = 0; i < rank; i += 1) dims.push(await cursor.u32());
  const typeId = await cursor.u8();
  const type = variableTypes[typeId];
  if (type === undefined) throw file.damaged(`'${name}' has the unknown number type ${typeId}`);
  const byteLength = await cursor.u32();
  const expected = countOf(dims) * variableTypeBytes[type];
  if (expected === 0 || expected !== byteLength) {
    throw file.damaged(`'${name}' of shape [${dims.join(', ')}] has ${byteLength} bytes`);
  }
  const piece = { source: file, offset: cursor.offset, type, length: countOf(dims) };
  cursor.skip(byteLength);
  return { name, dims, type, byteLength, pieces: [piece] };
}

async function readAliases(
  file: BinaryFile,
  cursor: BinaryCursor,
  variables: ReadonlyMap<string, ModelVariable>,
): Promise<Map<string, string>> {
  const count = await cursor.u32();
  const aliases = new Map<string, string>();
  for (let i = 0; i < count; i += 1) {
    const alias = await readString(file, cursor, "an alias's name");
    const target = await readString(file, cursor, "an alias's target");
    if (!variables.has(target)) throw file.damaged(`'${alias}' stands for the missing '${target}'`);
    if (variables.has(alias) || aliases.has(alias)) {
      throw file.damaged(`'${alias}' stands in it twice`);
    }
    aliases.set(alias, target);
  }
  return aliases;
}

/** A string is stored with its length, which counts a closing NUL. */
async function readString(file: BinaryFile, cursor: BinaryCursor, what: string): Promise<string> {
  const length = await cursor.u16();
  const bytes = length === 0 ? new Uint8Array() : await cursor.bytes(length);
  const text = new TextDecoder().decode(bytes.subarray(0, -1));
  // Names are printable ASCII in every model; anything else means that the file is damaged.
  if (!/^[\x20-\x7e]+$/.test(text) || bytes.at(-1) !== 0) throw file.damaged(`${what} is damaged`);
  return text;
}
