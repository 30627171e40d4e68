import type { HubConfig } from './hub-config.js';

/** One tensor of the hub's form; without a name it is zeros. */
export interface PartPlan {
  readonly tensor?: string;
  readonly dims: readonly number[];
}

/** A variable of CTranslate2 and the tensors that are stacked in it, in their order. */
export interface VariablePlan {
  readonly name: string;
  readonly dims: readonly number[];
  readonly parts: readonly PartPlan[];
}

/** All variables of CTranslate2's Whisper, from the tensors of the hub's (no prefix). */
export function planHubVariables(config: HubConfig): VariablePlan[] {
  const width = config.d_model;
  const encoder = { width, inner: config.encoder_ffn_dim };
  const decoder = { width, inner: config.decoder_ffn_dim };
  return [
    plain('encoder/conv1/weight', 'encoder.conv1.weight', [width, config.num_mel_bins, 3]),
    plain('encoder/conv1/bias', 'encoder.conv1.bias', [width]),
    plain('encoder/conv2/weight', 'encoder.conv2.weight', [width, width, 3]),
    plain('encoder/conv2/bias', 'encoder.conv2.bias', [width]),
    ...common('encoder', config.max_source_positions, width),
    ...eachLayer(config.encoder_layers, 'encoder', (name, tensor) => block(name, tensor, encoder)),
    plain('decoder/embeddings/weight', 'decoder.embed_tokens.weight', [config.vocab_size, width]),
    ...common('decoder', config.max_target_positions, width),
    ...eachLayer(config.decoder_layers, 'decoder', (name, tensor) => [
      ...block(name, tensor, decoder),
      ...crossAttention(`${name}/attention`, `${tensor}.encoder_attn`, width),
    ]),
  ];
}

interface Widths {
  readonly width: number;
  readonly inner: number;
}

function eachLayer(
  count: number,
  part: string,
  plan: (name: string, tensor: string) => VariablePlan[],
): VariablePlan[] {
  return Array.from({ length: count }, (_, i) =>
    plan(`${part}/layer_${i}`, `${part}.layers.${i}`),
  ).flat();
}

function common(part: string, positions: number, width: number): VariablePlan[] {
  const encodings = `${part}/position_encodings/encodings`;
  return [
    plain(encodings, `${part}.embed_positions.weight`, [positions, width]),
    ...norm(`${part}/layer_norm`, `${part}.layer_norm`, width),
  ];
}

function block(name: string, tensor: string, { width, inner }: Widths): VariablePlan[] {
  const attention = `${tensor}.self_attn`;
  const query = { tensor: `${attention}.q_proj`, bias: true };
  const key = { tensor: `${attention}.k_proj`, bias: false };
  const value = { tensor: `${attention}.v_proj`, bias: true };
  return [
    ...norm(`${name}/self_attention/layer_norm`, `${tensor}.self_attn_layer_norm`, width),
    ...stacked(`${name}/self_attention/linear_0`, [query, key, value], width),
    ...linear(`${name}/self_attention/linear_1`, `${attention}.out_proj`, [width, width]),
    ...norm(`${name}/ffn/layer_norm`, `${tensor}.final_layer_norm`, width),
    ...linear(`${name}/ffn/linear_0`, `${tensor}.fc1`, [inner, width]),
    ...linear(`${name}/ffn/linear_1`, `${tensor}.fc2`, [width, inner]),
  ];
}

function crossAttention(name: string, tensor: string, width: number): VariablePlan[] {
  const key = { tensor: `${tensor}.k_proj`, bias: false };
  const value = { tensor: `${tensor}.v_proj`, bias: true };
  return [
    ...norm(`${name}/layer_norm`, `${tensor}_layer_norm`, width),
    ...linear(`${name}/linear_0`, `${tensor}.q_proj`, [width, width]),
    ...stacked(`${name}/linear_1`, [key, value], width),
    ...linear(`${name}/linear_2`, `${tensor}.out_proj`, [width, width]),
  ];
}

/** Whisper's keys have no bias; CTranslate2 stacks zeros in its place. */
function stacked(
  name: string,
  linears: readonly { readonly tensor: string; readonly bias: boolean }[],
  width: number,
): VariablePlan[] {
  const rows = linears.length * width;
  const weights = linears.map(({ tensor }) => ({
    tensor: `${tensor}.weight`,
    dims: [width, width],
  }));
  const biases = linears.map(({ tensor, bias }) =>
    bias ? { tensor: `${tensor}.bias`, dims: [width] } : { dims: [width] },
  );
  return [
    { name: `${name}/weight`, dims: [rows, width], parts: weights },
    { name: `${name}/bias`, dims: [rows], parts: biases },
  ];
}

function linear(
  name: string,
  tensor: string,
  dims: readonly [rows: number, columns: number],
): VariablePlan[] {
  return [
    plain(`${name}/weight`, `${tensor}.weight`, dims),
    plain(`${name}/bias`, `${tensor}.bias`, [dims[0]]),
  ];
}

function norm(name: string, tensor: string, width: number): VariablePlan[] {
  return [
    plain(`${name}/gamma`, `${tensor}.weight`, [width]),
    plain(`${name}/beta`, `${tensor}.bias`, [width]),
  ];
}

function plain(name: string, tensor: string, dims: readonly number[]): VariablePlan {
  return { name, dims, parts: [{ tensor, dims }] };
}
