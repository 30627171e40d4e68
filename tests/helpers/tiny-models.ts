import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The shape of a made-up Whisper model; every field has a tiny default. */
export interface TinyWhisperOptions {
  readonly multilingual?: boolean;
  readonly layers?: number;
  readonly state?: number;
  readonly heads?: number;
  readonly mels?: number;
  readonly audioContext?: number;
  readonly textContext?: number;
  /** The real sizes unless given; a ggml file can only be made of these. */
  readonly vocabularySize?: number;
  readonly type?: 'float16' | 'float32' | 'bfloat16';
  readonly vocabularyFile?: 'vocabulary.json' | 'vocabulary.txt';
  readonly seed?: number;
}

/** One variable of a model.bin, for tests that make damaged ones. */
export interface TinyVariable {
  readonly name: string;
  readonly dims: readonly number[];
  readonly typeId: number;
  readonly data: Buffer;
}

const typeIds = { float32: 0, float16: 4, bfloat16: 5 } as const;

/**
 * Writes a Whisper model as a CTranslate2 folder: right in structure, with random weights. Engines
 * load it and say nonsense.
 */
export async function writeTinyWhisper(
  folder: string,
  options: TinyWhisperOptions = {},
): Promise<string> {
  const full = complete(options);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.bin'), modelBytes(tinyVariables(full)));
  const lists = { suppress_ids: [], suppress_ids_begin: [] };
  const firstLanguage = full.multilingual ? 50259 : 50258;
  const lang_ids = Array.from({ length: 99 }, (_, i) => firstLanguage + i);
  const config = { alignment_heads: [[0, 0]], lang_ids, ...lists };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), '{}');
  const tokens = tinyVocabulary(full);
  const json = full.vocabularyFile === 'vocabulary.json';
  const text = json ? JSON.stringify(tokens) : `${tokens.join('\n')}\n`;
  await writeFile(join(folder, full.vocabularyFile), text);
  return folder;
}

/** A model.bin of version 6 with one alias, written by the format's description alone. */
export function modelBytes(
  variables: readonly TinyVariable[],
  aliases: readonly (readonly [string, string])[] = [
    ['decoder/projection/weight', 'decoder/embeddings/weight'],
  ],
): Buffer {
  const parts = [u32(6), text('WhisperSpec'), u32(3), u32(variables.length)];
  for (const { name, dims, typeId, data } of variables) {
    parts.push(text(name), Buffer.of(dims.length), ...dims.map(u32));
    parts.push(Buffer.of(typeId), u32(data.length), data);
  }
  parts.push(u32(aliases.length));
  for (const [alias, target] of aliases) parts.push(text(alias), text(target));
  return Buffer.concat(parts);
}

/** All variables of a tiny model. */
export function tinyVariables(options: TinyWhisperOptions = {}): TinyVariable[] {
  const full = complete(options);
  const random = mulberry32(full.seed);
  const variables: TinyVariable[] = [];
  const add = (name: string, dims: readonly number[], keyRows?: readonly [number, number]) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const floats = Float32Array.from({ length: count }, () => (random() - 0.5) * 0.2);
    if (keyRows !== undefined) floats.fill(0, keyRows[0], keyRows[1]);
    variables.push({ name, dims, typeId: typeIds[full.type], data: encode(floats, full.type) });
  };
  const scalar = (name: string, value: number) =>
    variables.push({ name, dims: [], typeId: 2, data: Buffer.from(Int16Array.of(value).buffer) });
  addEncoder(full, add);
  addDecoder(full, add);
  scalar('encoder/num_heads', full.heads);
  scalar('decoder/num_heads', full.heads);
  const flags = { pre_norm: 1, activation: 3, scale_embeddings: 0, start_from_zero_embedding: 0 };
  for (const [name, value] of Object.entries(flags)) {
    variables.push({ name: `decoder/${name}`, dims: [], typeId: 1, data: Buffer.of(value) });
  }
  return variables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

type Complete = Required<TinyWhisperOptions>;
type Add = (name: string, dims: readonly number[], keyRows?: readonly [number, number]) => void;

function complete(options: TinyWhisperOptions): Complete {
  const multilingual = options.multilingual ?? true;
  return {
    multilingual,
    layers: 1,
    state: 8,
    heads: 2,
    mels: 80,
    audioContext: 1500,
    textContext: 448,
    vocabularySize: multilingual ? 51865 : 51864,
    type: 'float16',
    vocabularyFile: multilingual ? 'vocabulary.json' : 'vocabulary.txt',
    seed: 1,
    ...options,
  };
}

function addEncoder({ layers, state, mels, audioContext }: Complete, add: Add): void {
  add('encoder/conv1/weight', [state, mels, 3]);
  add('encoder/conv1/bias', [state]);
  add('encoder/conv2/weight', [state, state, 3]);
  add('encoder/conv2/bias', [state]);
  add('encoder/position_encodings/encodings', [audioContext, state]);
  addNorm('encoder/layer_norm', state, add);
  for (let i = 0; i < layers; i += 1) addBlock(`encoder/layer_${i}`, state, add);
}

function addDecoder({ layers, state, textContext, vocabularySize }: Complete, add: Add): void {
  add('decoder/embeddings/weight', [vocabularySize, state]);
  add('decoder/position_encodings/encodings', [textContext, state]);
  addNorm('decoder/layer_norm', state, add);
  for (let i = 0; i < layers; i += 1) {
    addBlock(`decoder/layer_${i}`, state, add);
    const attention = `decoder/layer_${i}/attention`;
    addNorm(`${attention}/layer_norm`, state, add);
    add(`${attention}/linear_0/weight`, [state, state]);
    add(`${attention}/linear_0/bias`, [state]);
    add(`${attention}/linear_1/weight`, [2 * state, state]);
    add(`${attention}/linear_1/bias`, [2 * state], [0, state]);
    add(`${attention}/linear_2/weight`, [state, state]);
    add(`${attention}/linear_2/bias`, [state]);
  }
}

function addBlock(name: string, state: number, add: Add): void {
  addNorm(`${name}/self_attention/layer_norm`, state, add);
  add(`${name}/self_attention/linear_0/weight`, [3 * state, state]);
  add(`${name}/self_attention/linear_0/bias`, [3 * state], [state, 2 * state]);
  add(`${name}/self_attention/linear_1/weight`, [state, state]);
  add(`${name}/self_attention/linear_1/bias`, [state]);
  addNorm(`${name}/ffn/layer_norm`, state, add);
  add(`${name}/ffn/linear_0/weight`, [4 * state, state]);
  add(`${name}/ffn/linear_0/bias`, [4 * state]);
  add(`${name}/ffn/linear_1/weight`, [state, 4 * state]);
  add(`${name}/ffn/linear_1/bias`, [state]);
}

function addNorm(name: string, state: number, add: Add): void {
  add(`${name}/gamma`, [state]);
  add(`${name}/beta`, [state]);
}

/** Whisper's languages in the order of their tokens; an engine knows no others. */
const languageCodes =
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur ' +
  'hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si ' +
  'km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ' +
  'ba jw su';

/** Invented text tokens with Whisper's special ones at their places, as far as the size allows. */
function tinyVocabulary({ multilingual, vocabularySize }: Complete): string[] {
  const letters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
  const languages = languageCodes.split(' ').map((code) => `<|${code}|>`);
  const tasks = ['translate', 'transcribe', 'startoflm', 'startofprev', 'nospeech', 'notimestamps'];
  const start = ['<|endoftext|>', '<|startoftranscript|>'];
  const specials = [...start, ...languages, ...tasks.map((task) => `<|${task}|>`)];
  const end = Math.min(multilingual ? 50257 : 50256, Math.max(2, vocabularySize - 3));
  const tokens = Array.from({ length: end }, (_, i) => letters[i] ?? `\u0120t${i}`);
  // whisper.cpp ends the process where the token of a single space is missing.
  tokens[0] = '\u0120';
  if (multilingual) tokens[end - 1] = '';
  tokens.push(...specials);
  for (let time = 0; tokens.length < vocabularySize; time += 0.02) {
    tokens.push(`<|${time.toFixed(2)}|>`);
  }
  return tokens.slice(0, vocabularySize);
}

/** Truncates to the narrower types, which is exact enough for random weights. */
function encode(floats: Float32Array, type: Complete['type']): Buffer {
  if (type === 'float32') return Buffer.from(floats.buffer);
  const bits = new Uint32Array(floats.buffer);
  const narrow = type === 'bfloat16' ? (b: number) => b >>> 16 : truncateToHalf;
  return Buffer.from(Uint16Array.from(bits, narrow).buffer);
}

function truncateToHalf(bits: number): number {
  const exponent = ((bits >>> 23) & 255) - 112;
  const sign = (bits >>> 16) & 0x8000;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 1023);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function text(value: string): Buffer {
  const buffer = Buffer.alloc(2 + value.length + 1);
  buffer.writeUInt16LE(value.length + 1);
  buffer.write(value, 2, 'latin1');
  return buffer;
}

/** A small random generator, so that the same seed gives the same model everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
