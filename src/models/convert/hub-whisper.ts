import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../files/system-error.js';
import { readCTranslate2Config, readHubConfig, type HubConfig } from './hub-config.js';
import { openHubTensors, type HubTensor, type HubTensors } from './hub-tensors.js';
import { planHubVariables, type PartPlan, type VariablePlan } from './hub-variables.js';
import { readHubVocabulary } from './hub-vocabulary.js';
import {
  countOf,
  variableTypeBytes,
  type ModelVariable,
  type ModelWeights,
  type Piece,
  type VariableType,
} from './model-weights.js';
import type { WhisperSource } from './whisper-source.js';

/** Safetensors' names of the number types that weights have. */
const floatTypes: ReadonlyMap<string, VariableType> = new Map([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

/** The files beside the weights that say what they are. */
export const hubCompanions = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'vocab.json',
  'added_tokens.json',
  'preprocessor_config.json',
] as const;

/** The hub's files have this before every name, what `WhisperModel` saves has not. */
const PREFIX = 'model.';
const OUTPUT = 'proj_out.weight';
const EMBEDDINGS = 'decoder.embed_tokens.weight';
/** Bytes that are compared at once. */
const CHUNK = 4 * 1024 * 1024;

/** True for a set of tensor names that can only be Whisper's. */
export function isHubWhisper(names: { has(name: string): boolean }): boolean {
  const known = ['encoder.conv1.weight', EMBEDDINGS, 'decoder.layers.0.encoder_attn.k_proj.weight'];
  return [PREFIX, ''].some((prefix) => known.every((name) => names.has(`${prefix}${name}`)));
}

/**
 * Opens a Whisper model in the form of the hub: a safetensors file or an index of several, beside
 * config.json, generation_config.json and tokenizer.json. Throws CPW_FILE_NOT_FOUND or
 * CPW_MODEL_INCOMPATIBLE.
 */
export async function openHubWhisper(path: string): Promise<WhisperSource> {
  const folder = dirname(path);
  const config = await readHubConfig(folder);
  const vocabulary = await readHubVocabulary(folder, config.vocab_size);
  const ct2Config = await readCTranslate2Config(folder, config, vocabulary.tokens);
  const model = await openHubTensors(path);
  try {
    const weights = await assemble(model, config);
    return {
      weights,
      vocabulary,
      async writeCompanions(target) {
        await writeFile(join(target, 'config.json'), json(ct2Config));
        await writeFile(join(target, 'vocabulary.json'), json(vocabulary.tokens));
        for (const name of ['tokenizer.json', 'preprocessor_config.json']) {
          await copyIfThere(join(folder, name), join(target, name));
        }
      },
      [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
    };
  } catch (error) {
    await model[Symbol.asyncDispose]();
    throw error;
  }
}

async function assemble(model: HubTensors, config: HubConfig): Promise<ModelWeights> {
  const prefix = model.tensors.has(`${PREFIX}encoder.conv1.weight`) ? PREFIX : '';
  const plans = planHubVariables(config);
  const variables = [
    ...plans.map((plan) => toVariable(model, plan, prefix)),
    ...scalars(config),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  refuseOthers(model, plans, prefix);
  await refuseOwnOutput(model, prefix);
  return {
    path: model.path,
    spec: 'WhisperSpec',
    revision: 3,
    variables: new Map(variables.map((variable) => [variable.name, variable])),
    aliases: new Map([['decoder/projection/weight', 'decoder/embeddings/weight']]),
    damaged: (what, nextStep) => model.damaged(what, nextStep),
  };
}

function toVariable(model: HubTensors, plan: VariablePlan, prefix: string): ModelVariable {
  const found = plan.parts.map((part) => requireTensor(model, part, prefix));
  const types = new Set(found.flatMap((one) => (one === undefined ? [] : [one.type])));
  const [only = 'float32'] = types;
  const type = types.size === 1 ? only : 'float32';
  const pieces = plan.parts.map((part, i): Piece => {
    const length = countOf(part.dims);
    const zeros = new Uint8Array(found[i] === undefined ? length * variableTypeBytes[type] : 0);
    return found[i] ?? { source: zeros, offset: 0, type, length };
  });
  const { name, dims } = plan;
  return { name, dims, type, byteLength: countOf(dims) * variableTypeBytes[type], pieces };
}

function requireTensor(
  model: HubTensors,
  { tensor, dims }: PartPlan,
  prefix: string,
): Piece | undefined {
  if (tensor === undefined) return undefined;
  const name = `${prefix}${tensor}`;
  const found = model.tensors.get(name);
  if (found === undefined) throw model.damaged(`it has no tensor '${name}'`);
  if (found.shape.join() !== dims.join()) {
    throw model.damaged(
      `its tensor '${name}' has the shape [${found.shape.join(', ')}], ` +
        `and by config.json it is [${dims.join(', ')}]`,
    );
  }
  const type = floatTypes.get(found.type);
  if (type === undefined) {
    const step = 'take the same model in F32, F16 or BF16';
    throw model.damaged(`its tensor '${name}' is ${found.type}`, step);
  }
  return { source: found.file, offset: found.offset, type, length: countOf(dims) };
}

/** Nothing is left out in silence: an adapter's or a classifier's tensors change what is said. */
function refuseOthers(model: HubTensors, plans: readonly VariablePlan[], prefix: string): void {
  const known = new Set(
    plans.flatMap(({ parts }) => parts.map(({ tensor = '' }) => `${prefix}${tensor}`)),
  );
  const other = [...model.tensors.keys()].find((name) => name !== OUTPUT && !known.has(name));
  if (other === undefined) return;
  throw model.damaged(
    `it holds '${other}', which Whisper of the shape in config.json has not`,
    'merge adapters into the model first, or take another one',
  );
}

/** Both engines multiply with the embeddings; a copy of them may stand in the file. */
async function refuseOwnOutput(model: HubTensors, prefix: string): Promise<void> {
  const output = model.tensors.get(OUTPUT);
  const embeddings = model.tensors.get(`${prefix}${EMBEDDINGS}`);
  if (output === undefined || embeddings === undefined) return;
  if (await areEqual(output, embeddings)) return;
  throw model.damaged(`its '${OUTPUT}' is not that of its embeddings, as Whisper's is`);
}

async function areEqual(a: HubTensor, b: HubTensor): Promise<boolean> {
  if (a.type !== b.type || a.shape.join() !== b.shape.join()) return false;
  for (let at = 0; at < a.byteLength; at += CHUNK) {
    const length = Math.min(CHUNK, a.byteLength - at);
    const [one, other] = [
      await a.file.readAt(a.offset + at, length),
      await b.file.readAt(b.offset + at, length),
    ];
    if (Buffer.compare(one, other) !== 0) return false;
  }
  return true;
}

/** The switches of CTranslate2's decoder, each at Whisper's value. */
function scalars(config: HubConfig): ModelVariable[] {
  return [
    scalar('encoder/num_heads', 'int16', config.encoder_attention_heads),
    scalar('decoder/num_heads', 'int16', config.decoder_attention_heads),
    scalar('decoder/activation', 'int8', 3), // GELU
    scalar('decoder/alibi', 'int8', 0),
    scalar('decoder/alibi_use_positive_positions', 'int8', 0),
    scalar('decoder/alignment_heads', 'int16', 1),
    scalar('decoder/alignment_layer', 'int16', -1),
    scalar('decoder/pre_norm', 'int8', 1),
    scalar('decoder/scale_alibi', 'int8', 0),
    scalar('decoder/scale_embeddings', 'int8', 0),
    scalar('decoder/start_from_zero_embedding', 'int8', 0),
  ];
}

function scalar(name: string, type: 'int8' | 'int16', value: number): ModelVariable {
  const source =
    type === 'int8' ? Uint8Array.of(value) : new Uint8Array(Int16Array.of(value).buffer);
  const pieces = [{ source, offset: 0, type, length: 1 }];
  return { name, dims: [], type, byteLength: source.byteLength, pieces };
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  });
}
