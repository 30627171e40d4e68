import { BinaryFile } from './binary-file.js';
import { printable } from './json-file.js';

/** Bytes per number of the types that the format knows. */
const typeBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** One tensor of a safetensors file; `offset` counts from the beginning of the file. */
export interface SafeTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly byteLength: number;
}

/** An opened safetensors file; the caller closes `file`. */
export interface SafeTensors {
  readonly file: BinaryFile;
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

/** Whisper large-v3's header has 160 kB; the reference implementation's bound is 100 MB. */
const MAX_HEADER_BYTES = 4_000_000;
const LENGTH_BYTES = 8;

/**
 * Reads the header of a safetensors file. The tensors must fill the data without gaps or overlaps,
 * as the format demands. Throws CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE.
 */
export async function openSafeTensors(path: string): Promise<SafeTensors> {
  const file = await BinaryFile.open(path);
  try {
    return { file, tensors: await readHeader(file) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: BinaryFile): Promise<Map<string, SafeTensor>> {
  const start = await file.readAt(0, LENGTH_BYTES);
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length < 2 || LENGTH_BYTES + length > file.size) {
    throw file.damaged(`it is no safetensors file (its header would have ${length} bytes)`);
  }
  if (length > MAX_HEADER_BYTES) {
    throw file.damaged(`its header has ${length} bytes, more than any speech model's`);
  }
  const text = new TextDecoder().decode(await file.readAt(LENGTH_BYTES, length));
  const dataStart = LENGTH_BYTES + length;
  const tensors = new Map<string, SafeTensor>();
  const header = parseObject(file, text);
  refuseDuplicates(file, text);
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, readEntry(file, name, { entry, dataStart }));
  }
  checkCoverage(file, [...tensors.values()], dataStart);
  return tensors;
}

function parseObject(file: BinaryFile, text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'damaged';
    throw file.damaged(`its header is no JSON (${printable(reason)})`);
  }
  if (!isObject(parsed)) throw file.damaged('its header is no JSON object');
  return parsed;
}

/**
 * JSON.parse keeps the last of two equal names, and a header that says two things of one tensor is
 * damaged. `text` is valid JSON here, so braces and strings are enough to count the names.
 */
function refuseDuplicates(file: BinaryFile, text: string): void {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/gsu)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.endsWith(':')) {
      const name: unknown = JSON.parse(token.slice(0, -1));
      if (seen.has(String(name))) {
        throw file.damaged(
          `its tensor ${JSON.stringify(String(name).slice(0, 80))} stands in it twice`,
        );
      }
      seen.add(String(name));
    }
  }
}

function readEntry(
  file: BinaryFile,
  name: string,
  { entry, dataStart }: { readonly entry: unknown; readonly dataStart: number },
): SafeTensor {
  const shown = JSON.stringify(name.slice(0, 80));
  // Printable ASCII in every model; anything else would reach terminals by way of messages.
  if (!/^[\x20-\x7e]+$/.test(name)) throw file.damaged(`its tensor ${shown} has a damaged name`);
  const fields = isObject(entry) ? entry : {};
  const type = 'dtype' in fields && typeof fields.dtype === 'string' ? fields.dtype : '';
  const shape = 'shape' in fields ? sizes(fields.shape) : undefined;
  const range = 'data_offsets' in fields ? sizes(fields.data_offsets) : undefined;
  const width = Object.hasOwn(typeBytes, type) ? typeBytes[type] : undefined;
  if (width === undefined) throw file.damaged(`its tensor ${shown} has no known dtype`);
  if (shape === undefined || range?.length !== 2) {
    throw file.damaged(`its tensor ${shown} has no valid shape and data_offsets`);
  }
  const [begin = 0, end = 0] = range;
  const byteLength = shape.reduce((product, dim) => product * dim, width);
  if (end - begin !== byteLength) {
    const want = `[${shape.join(', ')}] of ${type}`;
    throw file.damaged(`its tensor ${shown} is ${want} and has ${end - begin} bytes`);
  }
  return { name, type, shape, offset: dataStart + begin, byteLength };
}

function checkCoverage(file: BinaryFile, tensors: readonly SafeTensor[], dataStart: number): void {
  const sorted = tensors.toSorted((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let at = dataStart;
  for (const tensor of sorted) {
    if (tensor.offset !== at) {
      const what = tensor.offset < at ? 'overlaps another one' : 'leaves a gap before it';
      throw file.damaged(`its tensor ${JSON.stringify(tensor.name.slice(0, 80))} ${what}`);
    }
    at += tensor.byteLength;
  }
  if (at !== file.size) throw file.damaged(`its tensors end at ${at} of ${file.size} bytes`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sizes(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > 16) return undefined;
  const valid = value.every((size) => Number.isSafeInteger(size) && size >= 0);
  return valid ? (value as readonly number[]) : undefined;
}
