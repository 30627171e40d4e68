import { bfloatsToFloats, floatsToHalves, halvesToFloats } from './half-float.js';
import type { BinaryFile } from './binary-file.js';
import { Progress, type ConvertControl } from './convert-control.js';
import { bytesOf, writeSileroHead, writeTensorHead } from './ggml-writer.js';
import { writeFileWhole, type OutputFile } from './output.js';
import { openSafeTensors, type SafeTensor, type SafeTensors } from './safetensors.js';

/** One tensor as whisper.cpp wants it: `shape` is the source's, `dims` ggml's. */
interface SileroTensor {
  readonly source: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dims: readonly number[];
  readonly type: 'f16' | 'f32';
}

const WINDOW = 512;
const CONTEXT = 64;
const STATE = 128;
const FILTER = 256;
/** Inputs, outputs and kernel of the four convolutions. */
const encoder = [
  [129, 128, 3],
  [128, 64, 3],
  [64, 64, 3],
  [64, 128, 3],
] as const;
const shape = [WINDOW, CONTEXT, encoder.length, ...encoder.flat(), STATE, STATE, STATE, 1];

/** In the order of the published files. */
const tensors: readonly SileroTensor[] = [
  ...encoder.flatMap(([inputs, outputs, kernel], i) => [
    tensor(`conv${i + 1}.weight`, `encoder.${i}.reparam_conv.weight`, {
      shape: [outputs, inputs, kernel],
      type: 'f16',
    }),
    tensor(`conv${i + 1}.bias`, `encoder.${i}.reparam_conv.bias`, { shape: [outputs] }),
  ]),
  tensor('lstm_cell.weight_ih', 'decoder.rnn.weight_ih', { shape: [4 * STATE, STATE] }),
  tensor('lstm_cell.weight_hh', 'decoder.rnn.weight_hh', { shape: [4 * STATE, STATE] }),
  tensor('lstm_cell.bias_ih', 'decoder.rnn.bias_ih', { shape: [4 * STATE] }),
  tensor('lstm_cell.bias_hh', 'decoder.rnn.bias_hh', { shape: [4 * STATE] }),
  tensor('final_conv.weight', 'decoder.decoder.2.weight', {
    shape: [1, STATE, 1],
    dims: [STATE],
    type: 'f16',
  }),
  tensor('final_conv.bias', 'decoder.decoder.2.bias', { shape: [1], dims: [] }),
  tensor('stft_conv.weight', 'stft.forward_basis_buffer', {
    shape: [FILTER + 2, 1, FILTER],
    type: 'f16',
  }),
];

/** The Silero version whose file layout this is; safetensors files do not state theirs. */
const LAYOUT_VERSION = [6, 2, 0] as const;

/** True when the tensors are those of Silero's 16 kHz model. */
export function isSilero(names: { has(name: string): boolean }): boolean {
  return tensors.every(({ source }) => names.has(source));
}

/**
 * Writes Silero's voice activity detector in the ggml form that whisper.cpp reads, from Silero's
 * safetensors file. Resolves to the size of the file.
 */
export async function sileroToGgml(
  input: string,
  output: { readonly path: string; readonly overwrite: boolean },
  control: ConvertControl = {},
): Promise<number> {
  const model = await openSafeTensors(input);
  await using file = model.file;
  const sources = tensors.map((wanted) => ({ wanted, found: requireTensor(model, wanted) }));
  const progress = new Progress(file.size, control);
  return await writeFileWhole(output.path, output.overwrite, async (target) => {
    await writeSileroHead(target, { version: LAYOUT_VERSION, shape });
    for (const { wanted, found } of sources) {
      await writeTensor(target, file, { wanted, found });
      progress.advance(found.byteLength);
    }
  });
}

function tensor(
  source: string,
  name: string,
  options: Pick<SileroTensor, 'shape'> & Partial<Pick<SileroTensor, 'dims' | 'type'>>,
): SileroTensor {
  const dims = options.dims ?? options.shape.toReversed();
  const type = options.type ?? 'f32';
  return { source, name: `_model.${name}`, shape: options.shape, dims, type };
}

function requireTensor(model: SafeTensors, wanted: SileroTensor): SafeTensor {
  const found = model.tensors.get(wanted.source);
  if (found === undefined) {
    throw model.file.damaged(`it is no Silero 16 kHz model (it has no '${wanted.source}')`);
  }
  if (found.shape.join() !== wanted.shape.join()) {
    const shapes = `[${found.shape.join(', ')}], not [${wanted.shape.join(', ')}]`;
    throw model.file.damaged(`its tensor '${wanted.source}' has the shape ${shapes}`);
  }
  if (!Object.hasOwn(floatReaders, found.type)) {
    throw model.file.damaged(`its tensor '${wanted.source}' is ${found.type}, no float type`);
  }
  return found;
}

const floatReaders: Readonly<Record<string, (buffer: ArrayBuffer) => Float32Array>> = {
  F32: (buffer) => new Float32Array(buffer),
  F16: (buffer) => halvesToFloats(new Uint16Array(buffer)),
  BF16: (buffer) => bfloatsToFloats(new Uint16Array(buffer)),
};

async function writeTensor(
  target: OutputFile,
  file: BinaryFile,
  { wanted, found }: { readonly wanted: SileroTensor; readonly found: SafeTensor },
): Promise<void> {
  const { buffer } = await file.readAt(found.offset, found.byteLength);
  const floats = floatReaders[found.type]?.(buffer) ?? new Float32Array();
  await writeTensorHead(target, wanted);
  if (wanted.type === 'f32') return target.write(bytesOf(floats));
  const halves = floatsToHalves(floats);
  if (halves === undefined) throw file.damaged(`'${wanted.source}' is too large for float16`);
  return target.write(bytesOf(halves));
}
