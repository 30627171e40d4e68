import { join } from 'node:path';
import { z } from 'zod';
import { publishedAlignmentHeads, type AlignmentHead } from './alignment-heads.js';
import { incompatible } from './binary-file.js';
import { readJsonAs, readOptionalJson } from './json-file.js';

const size = z.int().min(1).max(65_536);
const layers = z.int().min(1).max(256);
const ids = z.array(z.int().min(0)).nullish();
const heads = z.array(z.tuple([z.int().min(0), z.int().min(0)])).nullish();

/** What the architecture needs of config.json; the hub's files hold much more. */
const configSchema = z.looseObject({
  model_type: z.literal('whisper'),
  d_model: size,
  encoder_layers: layers,
  encoder_attention_heads: size,
  encoder_ffn_dim: size,
  decoder_layers: layers,
  decoder_attention_heads: size,
  decoder_ffn_dim: size,
  num_mel_bins: size,
  max_source_positions: size,
  max_target_positions: size,
  vocab_size: z.int().min(1).max(1_000_000),
  activation_function: z.literal('gelu'),
  scale_embedding: z.literal(false).default(false),
  suppress_tokens: ids,
  begin_suppress_tokens: ids,
});

const generationSchema = z.looseObject({
  suppress_tokens: ids,
  begin_suppress_tokens: ids,
  alignment_heads: heads,
  lang_to_id: z.record(z.string(), z.int().min(0)).nullish(),
});

/** The shape of a Whisper model, by the names of its config.json. */
export type HubConfig = Readonly<z.output<typeof configSchema>>;

/** CTranslate2's config.json of a Whisper model. */
export interface CTranslate2Config {
  readonly alignment_heads: readonly AlignmentHead[];
  readonly lang_ids: readonly number[];
  readonly suppress_ids: readonly number[];
  readonly suppress_ids_begin: readonly number[];
}

/** Reads the shape of a model from its folder. */
export async function readHubConfig(folder: string): Promise<HubConfig> {
  const path = join(folder, 'config.json');
  const config = await readJsonAs(path, configSchema);
  for (const part of ['encoder', 'decoder'] as const) {
    if (config.d_model % config[`${part}_attention_heads`] !== 0) {
      throw incompatible(path, `its '${part}_attention_heads' do not divide d_model`);
    }
  }
  return config;
}

/**
 * What CTranslate2's own converter puts into config.json: of generation_config.json, where there is
 * none of config.json. `tokens` in the order of their ids. Where no file names alignment heads, they
 * are the published ones of a known shape, else all of the upper half of the decoder, as that
 * converter has it.
 */
export async function readCTranslate2Config(
  folder: string,
  config: HubConfig,
  tokens: readonly string[],
): Promise<CTranslate2Config> {
  const path = join(folder, 'generation_config.json');
  const generation = await readOptionalJson(path, generationSchema);
  const lists = generation ?? config;
  const named = Object.values(generation?.lang_to_id ?? {}).toSorted((a, b) => a - b);
  const result = {
    alignment_heads:
      generation?.alignment_heads ?? publishedAlignmentHeads(config) ?? upperHalf(config),
    lang_ids: named.length > 0 ? named : languageIds(tokens),
    suppress_ids: lists.suppress_tokens ?? [],
    suppress_ids_begin: lists.begin_suppress_tokens ?? [],
  };
  const where = generation === undefined ? join(folder, 'config.json') : path;
  const all = [...result.lang_ids, ...result.suppress_ids, ...result.suppress_ids_begin];
  const beyond = all.find((id) => id >= tokens.length);
  if (beyond !== undefined) {
    throw incompatible(where, `it names the token ${beyond} of ${tokens.length}`);
  }
  const foreign = result.alignment_heads.find(
    ([layer, head]) => layer >= config.decoder_layers || head >= config.decoder_attention_heads,
  );
  if (foreign !== undefined) {
    throw incompatible(where, `its 'alignment_heads' name [${foreign.join(', ')}], which is none`);
  }
  return result;
}

function upperHalf(config: HubConfig): [number, number][] {
  const first = Math.floor(config.decoder_layers / 2);
  return Array.from({ length: config.decoder_layers - first }, (_, i) =>
    Array.from({ length: config.decoder_attention_heads }, (_, head): [number, number] => [
      first + i,
      head,
    ]),
  ).flat();
}

function languageIds(tokens: readonly string[]): number[] {
  return tokens.flatMap((token, id) => (/^<\|[a-z]{2,3}\|>$/.test(token) ? [id] : []));
}
