// node make-translation-model.mjs <opus|nllb> <folder>: a model of that one's true shape in int8 with
// random weights, for measuring alone. Its pieces are made up: two letters of a script and a number.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeCTranslate2Model } from '../../dist/models/convert/ctranslate2-writer.js';
import { writeFileWhole } from '../../dist/models/convert/output.js';
import { layouts, piecesOf } from './translation-layouts.mjs';

const [name, folder] = process.argv.slice(2);
const layout = layouts[name];
if (layout === undefined || folder === undefined) {
  throw new Error('usage: make-translation-model.mjs <opus|nllb> <folder>');
}
const { width, inner, layers, heads, positions, preNorm, activation } = layout;
const pieces = piecesOf(layout);
const vocabulary = ['<s>', '<pad>', '</s>', '<unk>', ...pieces, ...layout.languages];
let state = 1;
const variables = [];

/** xorshift32: the same model every time. */
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state;
}

const put = (name, type, dims, bytes) =>
  variables.push({
    name,
    type,
    dims,
    byteLength: bytes.byteLength,
    write: (file) => file.write(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  });
const scalar = (name, value) => put(name, 'int8', [], Int8Array.of(value));
const filled = (name, count, value) =>
  put(name, 'float32', [count], new Float32Array(count).fill(value));

/** Weights whose products keep their size from layer to layer. */
function weight(name, rows, columns) {
  const bytes = new Uint8Array(rows * columns);
  const words = new Int32Array(bytes.buffer, 0, bytes.length >> 2);
  for (let i = 0; i < words.length; i += 1) words[i] = random();
  put(name, 'int8', [rows, columns], bytes);
  filled(`${name}_scale`, rows, 73 * Math.sqrt(columns));
}

function linear(scope, rows, columns) {
  weight(`${scope}/weight`, rows, columns);
  filled(`${scope}/bias`, rows, 0);
}

function norm(scope) {
  filled(`${scope}/gamma`, width, 1);
  filled(`${scope}/beta`, width, 0);
}

function attention(scope, rows) {
  norm(`${scope}/layer_norm`);
  rows.forEach((count, i) => linear(`${scope}/linear_${i}`, count, width));
}

function side(scope) {
  for (let i = 0; i < layers; i += 1) {
    const layer = `${scope}/layer_${i}`;
    attention(`${layer}/self_attention`, [3 * width, width]);
    if (scope === 'decoder') attention(`${layer}/attention`, [width, 2 * width, width]);
    norm(`${layer}/ffn/layer_norm`);
    linear(`${layer}/ffn/linear_0`, inner, width);
    linear(`${layer}/ffn/linear_1`, width, inner);
  }
  if (preNorm) norm(`${scope}/layer_norm`);
  scalar(`${scope}/num_heads`, heads);
  scalar(`${scope}/pre_norm`, preNorm ? 1 : 0);
  scalar(`${scope}/activation`, activation);
  scalar(`${scope}/scale_embeddings`, 1);
}

/** A SentencePiece model by its wire format: unigram, each piece as likely as the next. */
function sentencePieceModel() {
  const bytesField = (number, bytes) =>
    Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes]);
  const piece = (text, type) => {
    const score = Buffer.alloc(5);
    score[0] = (2 << 3) | 5;
    score.writeFloatLE(type === 1 ? -10 : 0, 1);
    return bytesField(
      1,
      Buffer.concat([bytesField(1, Buffer.from(text)), score, Buffer.of(24, type)]),
    );
  };
  const special = [piece('<unk>', 2), piece('<s>', 3), piece('</s>', 3)];
  const trainer = bytesField(2, Buffer.of(3 << 3, 1));
  return Buffer.concat([...special, ...pieces.map((text) => piece(text, 1)), trainer]);
}

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

weight('decoder/embeddings/weight', vocabulary.length, width);
const table = new Float32Array(positions * width);
for (let i = 0; i < table.length; i += 1) table[i] = Math.sin(i);
put('decoder/position_encodings/encodings', 'float32', [positions, width], table);
side('encoder');
side('decoder');
scalar('decoder/start_from_zero_embedding', layout.startsFromZero ? 1 : 0);
const aliases = new Map([
  ['decoder/projection/weight', 'decoder/embeddings/weight'],
  ['encoder/embeddings_0/weight', 'decoder/embeddings/weight'],
  ['encoder/position_encodings/encodings', 'decoder/position_encodings/encodings'],
]);
const header = { spec: 'TransformerSpec', revision: 7, aliases };

await mkdir(folder, { recursive: true });
variables.sort((a, b) => (a.name < b.name ? -1 : 1));
await writeFileWhole(path.join(folder, 'model.bin'), true, (file) =>
  writeCTranslate2Model(file, header, variables),
);
const config = {
  add_source_bos: false,
  add_source_eos: false,
  bos_token: '<s>',
  decoder_start_token: layout.startsFromZero ? '<pad>' : '</s>',
  eos_token: '</s>',
  layer_norm_epsilon: null,
  unk_token: '<unk>',
};
await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
await writeFile(path.join(folder, 'shared_vocabulary.json'), JSON.stringify(vocabulary));
for (const file of layout.pieceFiles)
  await writeFile(path.join(folder, file), sentencePieceModel());
