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

function block(name: string, source: string, state: number): TensorPlan[] {
  const attention = `${source}/self_attention`;
  return [
    ...norm(`${name}.attn_ln`, `${attention}/layer_norm`, state),
    ...linear(`${name}.attn.query`, `${attention}/linear_0`, [state, state], [0, 3]),
    ...linear(`${name}.attn.key`, `${attention}/linear_0`, [state, state], [1, 3]).slice(0, 1),
    ...linear(`${name}.attn.value`, `${attention}/linear_0`, [state, state], [2, 3]),
    ...linear(`${name}.attn.out`, `${attention}/linear_1`, [state, state]),
    ...norm(`${name}.mlp_ln`, `${source}/ffn/layer_norm`, state),
    ...linear(`${name}.mlp.0`, `${source}/ffn/linear_0`, [4 * state, state]),
    ...linear(`${name}.mlp.2`, `${source}/ffn/linear_1`, [state, 4 * state]),
  ];
}

function crossAttention(name: string, source: string, state: number): TensorPlan[] {
  return [
    ...norm(`${name}.cross_attn_ln`, `${source}/layer_norm`, state),
    ...linear(`${name}.cross_attn.query`, `${source}/linear_0`, [state, state]),
    ...linear(`${name}.cross_attn.key`, `${source}/linear_1`, [state, state], [0, 2]).slice(0, 1),
    ...linear(`${name}.cross_attn.value`, `${source}/linear_1`, [state, state], [1, 2]),
    ...linear(`${name}.cross_attn.out`, `${source}/linear_2`, [state, state]),
  ];
}

/** Whisper's keys have no bias; CTranslate2 stacks zeros in its place. */
function keyBiases(shape: WhisperParameters): ZeroPlan[] {
  const zero = (source: string, part: number, parts: number, length: number) => ({
    source: `${source}/bias`,
    part,
    parts,
    length,
  });
  const audio = Array.from({ length: shape.audioLayers }, (_, i) =>
    zero(`encoder/layer_${i}/self_attention/linear_0`, 1, 3, shape.audioState),
  );
  const text = Array.from({ length: shape.textLayers }, (_, i) => [
    zero(`decoder/layer_${i}/self_attention/linear_0`, 1, 3, shape.textState),
    zero(`decoder/layer_${i}/attention/linear_1`, 0, 2, shape.textState),
  ]);
  return [...audio, ...text.flat()];
}

function linear(
  name: string,
  source: string,
  dims: readonly [number, number],
  [part, parts]: readonly [number, number] = [0, 1],
): TensorPlan[] {
  return [
    { name: `${name}.weight`, source: `${source}/weight`, part, parts, dims, type: 'f16' },
    { name: `${name}.bias`, source: `${source}/bias`, part, parts, dims: [dims[0]], type: 'f32' },
  ];
}

function norm(name: string, source: string, state: number): TensorPlan[] {
  return [
    whole(`${name}.weight`, `${source}/gamma`, [state], 'f32'),
    whole(`${name}.bias`, `${source}/beta`, [state], 'f32'),
  ];
}

/** whisper.cpp wants a convolution's bias as one column. */
function convolution(index: number, inputs: number, outputs: number): TensorPlan[] {
  const [name, source] = [`encoder.conv${index}`, `encoder/conv${index}`];
  return [
    whole(`${name}.weight`, `${source}/weight`, [outputs, inputs, 3], 'f16'),
    whole(`${name}.bias`, `${source}/bias`, [outputs, 1], 'f32'),
  ];
}

function matrix(name: string, source: string, dims: readonly number[]): TensorPlan {
  return whole(name, source, dims, 'f16');
}

function table(name: string, source: string, dims: readonly number[]): TensorPlan {
  return whole(name, source, dims, 'f32');
}

function whole(
  name: string,
  source: string,
  dims: readonly number[],
  type: TensorPlan['type'],
): TensorPlan {
  return { name, source, part: 0, parts: 1, dims, type };
}
