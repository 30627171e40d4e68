import { BinaryFile } from './binary-file.js';
import { Progress, type ConvertControl } from './convert-control.js';
import { fileTypeOf, readGgmlModel, type GgmlTensor, type QuantizedType } from './ggml-model.js';
import { isQuantized, writeTensor, type TensorToWrite } from './ggml-tensors.js';
import { writeWhisperHead } from './ggml-writer.js';
import { halvesToFloats } from './half-float.js';
import { countOf } from './model-weights.js';
import { writeFileWhole } from './output.js';
import { fitsBlocks } from './quantize-ggml.js';

/** Where the file is written, and the blocks of its matrices. */
export interface QuantizedOutput {
  readonly path: string;
  readonly overwrite: boolean;
  readonly weights: QuantizedType;
}

/**
 * Quantises the matrices of a Whisper ggml file in f16 or f32, as whisper.cpp's quantize program
 * does. Resolves to the file's size. Throws CPW_MODEL_INCOMPATIBLE.
 */
export async function ggmlToGgml(
  input: string,
  { path, overwrite, weights }: QuantizedOutput,
  control: ConvertControl = {},
): Promise<number> {
  const model = await readGgmlModel(input);
  await using file = await BinaryFile.open(input);
  if (model.kind !== 'whisper') throw file.damaged('it is no Whisper model');
  const parameters = { ...model.parameters, fileType: fileTypeOf(weights) };
  const tensors = model.tensors.map((tensor) => tensorToWrite(file, tensor, weights));
  const { mels, bins, offset } = model.melFilters;
  const melFilters = new Float32Array((await file.readAt(offset, mels * bins * 4)).buffer);
  const numbers = tensors.reduce((sum, { dims }) => sum + countOf(dims), 0);
  const progress = new Progress(numbers, control);
  return await writeFileWhole(path, overwrite, async (target) => {
    await writeWhisperHead(target, { parameters, melFilters, vocabulary: model.vocabulary });
    for (const tensor of tensors) {
      const wrong = await writeTensor(target, tensor, progress);
      if (wrong !== undefined) throw file.damaged(`'${tensor.name}' ${wrong}`);
    }
  });
}

function tensorToWrite(
  file: BinaryFile,
  { name, dims, type, offset }: GgmlTensor,
  weights: QuantizedType,
): TensorToWrite {
  const [row = 0] = dims;
  if (type !== 'f16' && type !== 'f32') throw file.damaged(`its tensor '${name}' is ${type}`);
  const becomes = isQuantized(name, dims) ? weights : type;
  if (becomes === weights && !fitsBlocks(weights, row)) {
    throw file.damaged(`its rows of ${row} numbers ('${name}') cannot be stored as ${weights}`);
  }
  return {
    name,
    dims,
    type: becomes,
    async read(start, length) {
      const width = type === 'f16' ? 2 : 4;
      const { buffer } = await file.readAt(offset + start * width, length * width);
      if (type === 'f32') return new Float32Array(buffer);
      const halves = new Uint16Array(buffer);
      return becomes === 'f16' ? halves : halvesToFloats(halves);
    },
  };
}
