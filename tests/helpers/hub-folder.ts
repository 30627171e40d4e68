import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCTranslate2Model } from '../../src/models/convert/ctranslate2-model.js';
import { floatToHalf } from '../../src/models/convert/half-float.js';
import { countOf, type ModelWeights } from '../../src/models/convert/model-weights.js';
import {
  readBytes,
  readFloats,
  readInteger,
  requireVariable,
} from '../../src/models/convert/variable-reader.js';
import { readVocabulary } from '../../src/models/convert/whisper-vocabulary.js';
import { writeTinyWhisper } from './tiny-models.js';

/** How a folder of the hub is laid out. */
export interface HubFolderOptions {
  readonly type?: 'F16' | 'F32' | 'BF16';
  /** Before every name but proj_out; the hub's files have `model.`. */
  readonly prefix?: 'model.' | '';
  /** More than one: files beside model.safetensors.index.json. */
  readonly files?: number;
  readonly tokens?: 'tokenizer.json' | 'vocab.json';
  /** A copy of the embeddings, as some files have it. */
  readonly output?: boolean;
  readonly generation?: boolean;
}

/** A tensor of the hub's form. */
export interface HubTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The inverse of the conversion: a CTranslate2 Whisper folder as the hub publishes models. */
export async function writeHubFolder(
  source: string,
  target: string,
  options: HubFolderOptions = {},
): Promise<string> {
  const { files = 1 } = options;
  await mkdir(target, { recursive: true });
  const model = await openCTranslate2Model(join(source, 'model.bin'));
  await using _file = model.file;
  const tensors = await hubTensors(model, options);
  await writeFile(join(target, 'config.json'), JSON.stringify(await hubConfig(model)));
  const preprocessor = { feature_size: requireVariable(model, 'encoder/conv1/weight').dims[1] };
  await writeFile(join(target, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  if (options.generation !== false) await writeGeneration(source, target);
  await writeTokens(source, target, options);
  if (files === 1) {
    await writeFile(join(target, 'model.safetensors'), safeTensors(tensors));
    return target;
  }
  const weight_map: Record<string, string> = {};
  for (let i = 0; i < files; i += 1) {
    const part = tensors.filter((_, at) => at % files === i);
    const number = (value: number) => String(value).padStart(5, '0');
    const name = `model-${number(i + 1)}-of-${number(files)}.safetensors`;
    await writeFile(join(target, name), safeTensors(part));
    for (const tensor of part) weight_map[tensor.name] = name;
  }
  const index = { metadata: { total_size: 1 }, weight_map };
  await writeFile(join(target, 'model.safetensors.index.json'), JSON.stringify(index));
  return target;
}

/** A tiny model in the hub's form below `root`, the folder it is of, and its tensors. */
export async function makeTinyHub(
  root: string,
  options: HubFolderOptions = {},
): Promise<{ source: string; folder: string; tensors: HubTensor[] }> {
  const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };
  const source = await writeTinyWhisper(join(root, 'source'), small);
  const folder = await writeHubFolder(source, join(root, 'hub'), options);
  const model = await openCTranslate2Model(join(source, 'model.bin'));
  await using _file = model.file;
  return { source, folder, tensors: await hubTensors(model, options) };
}

/** A safetensors file by the format's description alone. */
export function safeTensors(tensors: readonly HubTensor[]): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let at = 0;
  for (const { name, dtype, shape, data } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  return withHeader(JSON.stringify(header), tensors);
}

/** The same with any text for a header. */
export function withHeader(text: string, tensors: readonly HubTensor[]): Buffer {
  const json = Buffer.from(text);
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...tensors.map(({ data }) => data)]);
}

/** The tensors of a model, by the hub's names. */
export async function hubTensors(
  model: ModelWeights,
  { type = 'F16', prefix = 'model.', output = false }: HubFolderOptions = {},
): Promise<HubTensor[]> {
  const tensors: HubTensor[] = [];
  for (const { name, dims } of model.variables.values()) {
    const names = dims.length === 0 ? [] : hubNames(name);
    const [rows = 0, ...rest] = dims;
    const shape = [rows / names.length, ...rest];
    for (const [part, hubName] of names.entries()) {
      if (hubName === undefined) continue;
      const slice = { start: part * countOf(shape), length: countOf(shape) };
      const data = await encode(model, name, { slice, type });
      tensors.push({ name: `${prefix}${hubName}`, dtype: type, shape, data });
    }
  }
  const embeddings = tensors.find(({ name }) => name.endsWith('embed_tokens.weight'));
  if (output && embeddings !== undefined) tensors.push({ ...embeddings, name: 'proj_out.weight' });
  return tensors;
}

async function encode(
  model: ModelWeights,
  name: string,
  { slice, type }: { slice: { start: number; length: number }; type: string },
): Promise<Uint8Array> {
  const variable = requireVariable(model, name);
  const native = { float16: 'F16', float32: 'F32', bfloat16: 'BF16' };
  if (native[variable.type as keyof typeof native] === type) return readBytes(variable, slice);
  const floats = await readFloats(model, variable, slice);
  const bits = new Uint32Array(floats.buffer);
  if (type === 'F32') return new Uint8Array(floats.buffer);
  const narrow = Uint16Array.from({ length: floats.length }, (_, i) =>
    type === 'BF16' ? (bits[i] ?? 0) >>> 16 : floatToHalf(floats[i] ?? 0),
  );
  return new Uint8Array(narrow.buffer);
}

/** The tensors that a variable is stacked of; undefined for the keys' missing bias. */
function hubNames(variable: string): (string | undefined)[] {
  const [, part = '', layer, rest = ''] =
    /^(encoder|decoder)\/(?:layer_(\d+)\/)?(.*)$/.exec(variable) ?? [];
  const kind = rest.split('/').at(-1) ?? '';
  if (layer === undefined) {
    const suffix = kind === 'gamma' ? 'weight' : kind === 'beta' ? 'bias' : kind;
    const renamed = rest
      .replace('position_encodings/encodings', 'embed_positions/weight')
      .replace('embeddings/', 'embed_tokens/')
      .replace(/layer_norm\/.*/, `layer_norm/${suffix}`);
    return [`${part}.${renamed.replaceAll('/', '.')}`];
  }
  return layerNames(`${part}.layers.${layer}`, rest.slice(0, -kind.length - 1), kind);
}

function layerNames(layer: string, module: string, kind: string): (string | undefined)[] {
  const suffix = kind === 'gamma' ? 'weight' : kind === 'beta' ? 'bias' : kind;
  const norms: Readonly<Record<string, string>> = {
    'self_attention/layer_norm': 'self_attn_layer_norm',
    'attention/layer_norm': 'encoder_attn_layer_norm',
    'ffn/layer_norm': 'final_layer_norm',
  };
  const linears: Readonly<Record<string, readonly string[]>> = {
    'self_attention/linear_0': ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
    'self_attention/linear_1': ['self_attn.out_proj'],
    'attention/linear_0': ['encoder_attn.q_proj'],
    'attention/linear_1': ['encoder_attn.k_proj', 'encoder_attn.v_proj'],
    'attention/linear_2': ['encoder_attn.out_proj'],
    'ffn/linear_0': ['fc1'],
    'ffn/linear_1': ['fc2'],
  };
  const names = linears[module] ?? [norms[module] ?? `unknown ${module}`];
  return names.map((name) =>
    name.endsWith('k_proj') && suffix === 'bias' ? undefined : `${layer}.${name}.${suffix}`,
  );
}

async function hubConfig(model: ModelWeights): Promise<Record<string, unknown>> {
  const dims = (name: string) => requireVariable(model, name).dims;
  const [vocab_size, d_model] = dims('decoder/embeddings/weight');
  const layers = (part: string) =>
    [...model.variables.keys()].filter((name) =>
      new RegExp(`^${part}/layer_\\d+/ffn/linear_0/weight$`).test(name),
    ).length;
  return {
    architectures: ['WhisperForConditionalGeneration'],
    model_type: 'whisper',
    torch_dtype: 'float32',
    activation_function: 'gelu',
    scale_embedding: false,
    d_model,
    vocab_size,
    num_mel_bins: dims('encoder/conv1/weight')[1],
    max_source_positions: dims('encoder/position_encodings/encodings')[0],
    max_target_positions: dims('decoder/position_encodings/encodings')[0],
    encoder_layers: layers('encoder'),
    encoder_attention_heads: await readInteger(model, 'encoder/num_heads'),
    encoder_ffn_dim: dims('encoder/layer_0/ffn/linear_0/weight')[0],
    decoder_layers: layers('decoder'),
    decoder_attention_heads: await readInteger(model, 'decoder/num_heads'),
    decoder_ffn_dim: dims('decoder/layer_0/ffn/linear_0/weight')[0],
  };
}

interface ConfigOfCTranslate2 {
  readonly lang_ids: readonly number[];
  readonly suppress_ids: readonly number[];
  readonly suppress_ids_begin: readonly number[];
  readonly alignment_heads: readonly (readonly number[])[];
}

async function writeGeneration(source: string, target: string): Promise<void> {
  const text = await readFile(join(source, 'config.json'), 'utf8');
  const config = JSON.parse(text) as ConfigOfCTranslate2;
  const { tokens } = await readVocabulary(source);
  // The tiny models of tests have fewer tokens than languages.
  const languages = config.lang_ids.filter((id) => id < tokens.length);
  const generation = {
    alignment_heads: config.alignment_heads,
    suppress_tokens: config.suppress_ids,
    begin_suppress_tokens: config.suppress_ids_begin,
    lang_to_id: Object.fromEntries(languages.map((id) => [tokens[id] ?? '', id])),
    no_timestamps_token_id: tokens.indexOf('<|notimestamps|>'),
  };
  await writeFile(join(target, 'generation_config.json'), JSON.stringify(generation));
}

/** The hub's tokenizer.json where the source has one, else what its two parts would be. */
async function writeTokens(
  source: string,
  target: string,
  { tokens: form = 'tokenizer.json' }: HubFolderOptions,
): Promise<void> {
  const path = join(source, 'tokenizer.json');
  if (form === 'tokenizer.json' && (await stat(path)).size > 10) {
    await copyFile(path, join(target, 'tokenizer.json'));
    return;
  }
  const { tokens } = await readVocabulary(source);
  const ids = tokens.map((token, id) => [token, id] as const);
  const text = ids.filter(([token]) => !token.startsWith('<|'));
  const added = ids.filter(([token]) => /^<\|[^\d]/.test(token));
  if (form === 'tokenizer.json') {
    const added_tokens = added.map(([content, id]) => ({ id, content }));
    const tokenizer = { added_tokens, model: { vocab: Object.fromEntries(text) } };
    await writeFile(join(target, 'tokenizer.json'), JSON.stringify(tokenizer));
    return;
  }
  await writeFile(join(target, 'vocab.json'), JSON.stringify(Object.fromEntries(text)));
  await writeFile(join(target, 'added_tokens.json'), JSON.stringify(Object.fromEntries(added)));
}
