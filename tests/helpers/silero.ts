import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readGgmlModel } from '../../src/models/convert/ggml-model.js';
import { halvesToFloats } from '../../src/models/convert/half-float.js';

/** The ggml file of Silero 6.2.0 as whisper.cpp's authors publish it. */
export const publishedSilero = fileURLToPath(
  new URL('../data/models/silero-v6.2.0-ggml.bin', import.meta.url),
);

/** Silero's own form, made from the published ggml file: same numbers, Silero's names and shapes. */
export async function sileroSafeTensors(): Promise<Buffer> {
  const model = await readGgmlModel(publishedSilero);
  const bytes = await readFile(publishedSilero);
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const { name, dims, type, offset, byteLength } of model.tensors) {
    const data = new Uint8Array(bytes.subarray(offset, offset + byteLength));
    const floats = type === 'f16' ? halvesToFloats(new Uint16Array(data.buffer)) : data;
    const [source, shape] = sileroSource(name, dims);
    const part = Buffer.from(floats.buffer);
    header[source] = { dtype: 'F32', shape, data_offsets: [at, at + part.length] };
    parts.push(part);
    at += part.length;
  }
  const json = Buffer.from(JSON.stringify({ ...header, __metadata__: { format: 'pt' } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

function sileroSource(name: string, dims: readonly number[]): [string, number[]] {
  const shape = dims.toReversed();
  const [, index, kind = ''] = /encoder\.(\d)\.reparam_conv\.(\w+)/.exec(name) ?? [];
  if (index !== undefined) return [`conv${Number(index) + 1}.${kind}`, shape];
  if (name.includes('rnn')) return [name.replace('_model.decoder.rnn', 'lstm_cell'), shape];
  if (name.endsWith('decoder.2.weight')) return ['final_conv.weight', [1, 128, 1]];
  if (name.endsWith('decoder.2.bias')) return ['final_conv.bias', [1]];
  return ['stft_conv.weight', shape];
}
