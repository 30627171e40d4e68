import type { WhisperParameters } from './ggml-model.js';

/**
 * One tensor of whisper.cpp and where its numbers stand in a CTranslate2 model: in the variable
 * `source`, from row `row` (of `rows` equal parts that were stacked).
 */
export interface TensorPlan {
  readonly name: string;
  readonly source: string;
  /** Which part of the stacked variable: 0 of 1 for one that is not stacked. */
  readonly part: number;
  readonly parts: number;
  /** In CTranslate2's order, the slowest-running first. */
  readonly dims: readonly number[];
  readonly type: 'f16' | 'f32';
}

/** A part of a stacked variable that must be zero, for whisper.cpp has no place for it. */
export interface ZeroPlan {
  readonly source: string;
  readonly part: number;
  readonly parts: number;
  readonly length: number;
}

/** All that is taken from a CTranslate2 Whisper model, and what must be zero in it. */
export interface WhisperPlan {
  readonly tensors: readonly TensorPlan[];
  readonly zeros: readonly ZeroPlan[];
}

/** The tensors that whisper.cpp 1.9.1 wants for a model of this shape. */
export function planWhisperTensors(shape: WhisperParameters): WhisperPlan {
  const audio = shape.audioState;
  const text = shape.textState;
  const layers = (count: number, plan: (layer: number) => TensorPlan[]) =>
    Array.from({ length: count }, (_, layer) => plan(layer)).flat();
  const tensors = [
    table('encoder.positional_embedding', 'encoder/position_encodings/encodings', [
      shape.audioContext,
      audio,
    ]),
    ...convolution(1, shape.mels, audio),
    ...convolution(2, audio, audio),
    ...norm('encoder.ln_post', 'encoder/layer_norm', audio),
    ...layers(shape.audioLayers, (i) => block(`encoder.blocks.${i}`, `encoder/layer_${i}`, audio)),
    table('decoder.positional_embedding', 'decoder/position_encodings/encodings', [
      shape.textContext,
      text,
    ]),
    matrix('decoder.token_embedding.weight', 'decoder/embeddings/weight', [
      shape.vocabularySize,
      text,
    ]),
    ...norm('decoder.ln', 'decoder/layer_norm', text),
    ...layers(shape.textLayers, (i) => [
      ...block(`decoder.blocks.${i}`, `decoder/layer_${i}`, text),
      ...crossAttention(`decoder.blocks.${i}`, `decoder/layer_${i}/attention`, text),
    ]),
  ];
  return { tensors, zeros: keyBiases(shape) };
}

type Matrix = readonly [number, number];
/** E.g. [1, 3]: the second of three stacked parts. */
type Part = readonly [number, number];

function block(name: string, source: string, state: number): TensorPlan[] {
  const attention = `${source}/self_attention`;
  const stacked = `${attention}/linear_0`;
  const dims: Matrix = [state, state];
  return [
    ...norm(`${name}.attn_ln`, `${attention}/layer_norm`, state),
    ...linear(`${name}.attn.query`, stacked, { dims, part: [0, 3] }),
    ...linear(`${name}.attn.key`, stacked, { dims, part: [1, 3] }).slice(0, 1),
    ...linear(`${name}.attn.value`, stacked, { dims, part: [2, 3] }),
    ...linear(`${name}.attn.out`, `${attention}/linear_1`, { dims }),
    ...norm(`${name}.mlp_ln`, `${source}/ffn/layer_norm`, state),
    ...linear(`${name}.mlp.0`, `${source}/ffn/linear_0`, { dims: [4 * state, state] }),
    ...linear(`${name}.mlp.2`, `${source}/ffn/linear_1`, { dims: [state, 4 * state] }),
  ];
}

function crossAttention(name: string, source: string, state: number): TensorPlan[] {
  const dims: Matrix = [state, state];
  const stacked = `${source}/linear_1`;
  return [
    ...norm(`${name}.cross_attn_ln`, `${source}/layer_norm`, state),
    ...linear(`${name}.cross_attn.query`, `${source}/linear_0`, { dims }),
    ...linear(`${name}.cross_attn.key`, stacked, { dims, part: [0, 2] }).slice(0, 1),
    ...linear(`${name}.cross_attn.value`, stacked, { dims, part: [1, 2] }),
    ...linear(`${name}.cross_attn.out`, `${source}/linear_2`, { dims }),
  ];
}

/** Whisper's keys have no bias; CTranslate2 stacks zeros in its place. */
function keyBiases(shape: WhisperParameters): ZeroPlan[] {
  const audio = Array.from({ length: shape.audioLayers }, (_, i) =>
    zero(`encoder/layer_${i}/self_attention/linear_0`, [1, 3], shape.audioState),
  );
  const text = Array.from({ length: shape.textLayers }, (_, i) => [
    zero(`decoder/layer_${i}/self_attention/linear_0`, [1, 3], shape.textState),
    zero(`decoder/layer_${i}/attention/linear_1`, [0, 2], shape.textState),
  ]);
  return [...audio, ...text.flat()];
}

function zero(source: string, [part, parts]: Part, length: number): ZeroPlan {
  return { source: `${source}/bias`, part, parts, length };
}

/** A linear layer; `part` where CTranslate2 stacked several. Its weight comes first. */
function linear(
  name: string,
  source: string,
  { dims, part: [part, parts] = [0, 1] }: { readonly dims: Matrix; readonly part?: Part },
): TensorPlan[] {
  return [
    { name: `${name}.weight`, source: `${source}/weight`, part, parts, dims, type: 'f16' },
    { name: `${name}.bias`, source: `${source}/bias`, part, parts, dims: [dims[0]], type: 'f32' },
  ];
}

function norm(name: string, source: string, state: number): TensorPlan[] {
  return [
    table(`${name}.weight`, `${source}/gamma`, [state]),
    table(`${name}.bias`, `${source}/beta`, [state]),
  ];
}

/** whisper.cpp wants a convolution's bias as one column. */
function convolution(index: number, inputs: number, outputs: number): TensorPlan[] {
  const [name, source] = [`encoder.conv${index}`, `encoder/conv${index}`];
  return [
    matrix(`${name}.weight`, `${source}/weight`, [outputs, inputs, 3]),
    table(`${name}.bias`, `${source}/bias`, [outputs, 1]),
  ];
}

function matrix(name: string, source: string, dims: readonly number[]): TensorPlan {
  return { name, source, part: 0, parts: 1, dims, type: 'f16' };
}

/** What whisper.cpp adds or looks up rather than multiplies: it wants f32. */
function table(name: string, source: string, dims: readonly number[]): TensorPlan {
  return { name, source, part: 0, parts: 1, dims, type: 'f32' };
}
