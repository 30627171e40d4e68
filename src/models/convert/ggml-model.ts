import { BinaryCursor, BinaryFile } from './binary-file.js';

/** `ggml` in the order in which older ggml files write it. */
export const GGML_MAGIC = 0x67676d6c;

/** One of ggml's number types: `blockBytes` hold `blockLength` numbers. */
export interface GgmlType {
  readonly id: number;
  readonly name: string;
  readonly blockBytes: number;
  readonly blockLength: number;
}

const typeRows: readonly (readonly [number, string, number, number])[] = [
  [0, 'f32', 4, 1],
  [1, 'f16', 2, 1],
  [2, 'q4_0', 18, 32],
  [3, 'q4_1', 20, 32],
  [6, 'q5_0', 22, 32],
  [7, 'q5_1', 24, 32],
  [8, 'q8_0', 34, 32],
  [10, 'q2_k', 84, 256],
  [11, 'q3_k', 110, 256],
  [12, 'q4_k', 144, 256],
  [13, 'q5_k', 176, 256],
  [14, 'q6_k', 210, 256],
];

const types: readonly GgmlType[] = typeRows.map(([id, name, blockBytes, blockLength]) => ({
  id,
  name,
  blockBytes,
  blockLength,
}));

const typesById: ReadonlyMap<number, GgmlType> = new Map(types.map((type) => [type.id, type]));

/** ggml's number types by their names. */
export const ggmlTypes: ReadonlyMap<string, GgmlType> = new Map(
  types.map((type) => [type.name, type]),
);

/** The block formats that this package makes, with ggml's ids of a file full of them. */
export const quantizedFileTypes = { q8_0: 7, q5_1: 9, q5_0: 8, q4_1: 3, q4_0: 2 } as const;

/** The name of such a format. */
export type QuantizedType = keyof typeof quantizedFileTypes;

const fileTypes: ReadonlyMap<number, string> = new Map<number, string>([
  ...Object.entries(quantizedFileTypes).map(([name, id]) => [id, name] as const),
  [0, 'f32'],
  [1, 'f16'],
  [10, 'q2_k'],
  [11, 'q3_k'],
  [12, 'q4_k'],
  [13, 'q5_k'],
  [14, 'q6_k'],
  [24, 'bf16'],
]);

/** The thousands of a file type say by which version of ggml's quantiser it was made. */
const QUANTIZER_VERSION_FACTOR = 1000;
const QUANTIZER_VERSION = 2;

/** The file type of a header: the number format of most matrices, with the quantiser's version. */
export function fileTypeOf(weights: QuantizedType | 'f16'): number {
  if (weights === 'f16') return 1;
  return QUANTIZER_VERSION * QUANTIZER_VERSION_FACTOR + quantizedFileTypes[weights];
}

/** The number format that a header's file type stands for, e.g. `q5_0`. */
export function weightsOf(fileType: number): string {
  const id = fileType % QUANTIZER_VERSION_FACTOR;
  return fileTypes.get(id) ?? `type ${id}`;
}

/** Whisper's eleven numbers, in the order of the file. */
export const whisperParameterNames = [
  'vocabularySize',
  'audioContext',
  'audioState',
  'audioHeads',
  'audioLayers',
  'textContext',
  'textState',
  'textHeads',
  'textLayers',
  'mels',
  'fileType',
] as const;

/** The shape of a Whisper model in ggml form. */
export type WhisperParameters = Readonly<Record<(typeof whisperParameterNames)[number], number>>;

/** Where one tensor lies; `dims` in ggml's order, the fastest-running first. */
export interface GgmlTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** A Whisper model in ggml form, without its numbers. */
export interface GgmlWhisper {
  readonly kind: 'whisper';
  readonly parameters: WhisperParameters;
  readonly melFilters: { readonly mels: number; readonly bins: number; readonly offset: number };
  readonly vocabulary: readonly Uint8Array[];
  readonly tensors: readonly GgmlTensor[];
}

/** A Silero voice activity detector in ggml form, without its numbers. */
export interface GgmlSilero {
  readonly kind: 'silero';
  /** E.g. `6.2.0`. */
  readonly version: string;
  /** The integers between version and tensors: window, context, encoder, LSTM, output. */
  readonly shape: readonly number[];
  readonly tensors: readonly GgmlTensor[];
}

/** What the first bytes of a ggml file tell. */
export type GgmlHead =
  | { readonly kind: 'whisper'; readonly parameters: WhisperParameters }
  | { readonly kind: 'silero'; readonly version: string };

const MAX_TOKENS = 1_000_000;
const MAX_TOKEN_BYTES = 1024;
const MAX_NAME_BYTES = 256;
const MAX_DIMS = 4;
const MAX_LAYERS = 256;
const SILERO_TYPE = 'silero-16k';

/** Reads and checks the beginning of a ggml file: enough to know what it is. */
export async function readGgmlHead(path: string): Promise<GgmlHead> {
  await using file = await BinaryFile.open(path);
  return await readHead(file, new BinaryCursor(file));
}

/** Reads and checks a whole ggml file but for the numbers. Throws CPW_MODEL_INCOMPATIBLE. */
export async function readGgmlModel(path: string): Promise<GgmlWhisper | GgmlSilero> {
  await using file = await BinaryFile.open(path);
  const cursor = new BinaryCursor(file);
  const head = await readHead(file, cursor);
  if (head.kind === 'silero') {
    const shape = await readSileroShape(file, cursor);
    return { ...head, shape, tensors: await readTensors(file, cursor) };
  }
  const melFilters = await readMelFilters(file, cursor, head.parameters.mels);
  const vocabulary = await readVocabulary(file, cursor);
  return { ...head, melFilters, vocabulary, tensors: await readTensors(file, cursor) };
}

async function readHead(file: BinaryFile, cursor: BinaryCursor): Promise<GgmlHead> {
  const magic = await cursor.u32();
  if (magic !== GGML_MAGIC) throw file.damaged('it is no ggml file (its first bytes are others)');
  const first = await cursor.i32();
  if (first === SILERO_TYPE.length) return readSileroHead(file, cursor);
  const values = [first];
  while (values.length < whisperParameterNames.length) values.push(await cursor.i32());
  const entries = whisperParameterNames.map((name, i) => [name, values[i] ?? 0] as const);
  const parameters = Object.fromEntries(entries) as WhisperParameters;
  for (const [name, value] of entries) {
    const least = name === 'fileType' ? 0 : 1;
    const most = name.endsWith('Layers') ? MAX_LAYERS : MAX_TOKENS;
    if (value < least || value > most) throw file.damaged(`its ${name} is ${value}`);
  }
  return { kind: 'whisper', parameters };
}

async function readSileroHead(file: BinaryFile, cursor: BinaryCursor): Promise<GgmlHead> {
  const type = new TextDecoder().decode(await cursor.bytes(SILERO_TYPE.length));
  if (type !== SILERO_TYPE) throw file.damaged('it is neither a Whisper nor a Silero model');
  const numbers = [await cursor.i32(), await cursor.i32(), await cursor.i32()];
  return { kind: 'silero', version: numbers.join('.') };
}

async function readSileroShape(file: BinaryFile, cursor: BinaryCursor): Promise<number[]> {
  const shape = [await cursor.i32(), await cursor.i32(), await cursor.i32()];
  const layers = shape[2] ?? 0;
  if (layers < 1 || layers > MAX_LAYERS) throw file.damaged(`it has ${layers} encoder layers`);
  for (let i = 0; i < layers * 3 + 4; i += 1) shape.push(await cursor.i32());
  return shape;
}

async function readMelFilters(file: BinaryFile, cursor: BinaryCursor, expected: number) {
  const mels = await cursor.i32();
  const bins = await cursor.i32();
  if (mels !== expected || bins < 1 || mels * bins * 4 > cursor.remaining) {
    throw file.damaged(`its mel filters have the shape [${mels}, ${bins}]`);
  }
  const { offset } = cursor;
  cursor.skip(mels * bins * 4);
  return { mels, bins, offset };
}

async function readVocabulary(file: BinaryFile, cursor: BinaryCursor): Promise<Uint8Array[]> {
  const count = await cursor.i32();
  if (count < 0 || count * 4 > cursor.remaining || count > MAX_TOKENS) {
    throw file.damaged(`it announces a vocabulary of ${count} tokens`);
  }
  const tokens: Uint8Array[] = [];
  while (tokens.length < count) {
    const length = await cursor.u32();
    if (length > MAX_TOKEN_BYTES) throw file.damaged(`token ${tokens.length} has ${length} bytes`);
    tokens.push(await cursor.bytes(length));
  }
  return tokens;
}

async function readTensors(file: BinaryFile, cursor: BinaryCursor): Promise<GgmlTensor[]> {
  const tensors = new Map<string, GgmlTensor>();
  while (cursor.remaining > 0) {
    const tensor = await readTensor(file, cursor);
    if (tensors.has(tensor.name)) throw file.damaged(`'${tensor.name}' stands in it twice`);
    tensors.set(tensor.name, tensor);
  }
  return [...tensors.values()];
}

async function readTensor(file: BinaryFile, cursor: BinaryCursor): Promise<GgmlTensor> {
  const rank = await cursor.i32();
  const nameLength = await cursor.i32();
  const type = typesById.get(await cursor.i32());
  if (rank < 0 || rank > MAX_DIMS || nameLength < 1 || nameLength > MAX_NAME_BYTES || !type) {
    throw file.damaged("a tensor's header is damaged");
  }
  const dims: number[] = [];
  for (let i = 0; i < rank; i += 1) dims.push(await cursor.i32());
  const name = new TextDecoder().decode(await cursor.bytes(nameLength));
  const count = dims.reduce((product, dim) => product * dim, 1);
  const wholeBlocks = (dims[0] ?? 1) % type.blockLength === 0;
  if (dims.some((dim) => dim < 1) || !wholeBlocks || !/^[\x21-\x7e]+$/.test(name)) {
    throw file.damaged(`the tensor '${name}' of shape [${dims.join(', ')}] is damaged`);
  }
  const { offset } = cursor;
  const byteLength = (count / type.blockLength) * type.blockBytes;
  cursor.skip(byteLength);
  return { name, dims, type: type.name, offset, byteLength };
}
