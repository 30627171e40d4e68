import { join } from 'node:path';
import { Progress, type ConvertControl } from './convert-control.js';
import { writeCTranslate2Model, type VariableToWrite } from './ctranslate2-writer.js';
import { areHalvesFinite, floatsToHalves } from './half-float.js';
import { bytesOf } from './ggml-writer.js';
import { countOf, sizeOf, type ModelVariable, type ModelWeights } from './model-weights.js';
import { fillFile, writeFolderWhole, type OutputFile } from './output.js';
import { quantizeRows } from './quantize-int8.js';
import { isFloat, readBytes, readFloats } from './variable-reader.js';
import { isCompanionFile, type WhisperSource } from './whisper-source.js';

/** Where a CTranslate2 folder is written, and the number format of its matrices. */
export interface CTranslate2Output {
  readonly path: string;
  readonly overwrite: boolean;
  readonly weights: 'float16' | 'int8';
}

/** Numbers that are worked on at once: 4 MB as floats, whatever the size of the model. */
const CHUNK = 1024 * 1024;

/**
 * Makes a CTranslate2 folder of a model with float weights. int8: every matrix by rows with one
 * scale each, as CTranslate2's own converter does, everything else float32, which is what
 * int8_float32 computes with on a CPU. float16: every number. Resolves to the size of model.bin.
 */
export async function whisperToCTranslate2(
  source: WhisperSource,
  { path, overwrite, weights }: CTranslate2Output,
  control: ConvertControl = {},
): Promise<number> {
  const model = source.weights;
  const replaceable = (name: string) => name === 'model.bin' || isCompanionFile(name);
  let bytes = 0;
  await writeFolderWhole(path, { overwrite, replaceable }, async (folder) => {
    const progress = new Progress(sizeOf(model), control);
    const variables = [...model.variables.values()].flatMap((variable) =>
      weights === 'int8'
        ? planInt8(model, variable, progress)
        : [planFloat16(model, variable, progress)],
    );
    bytes = await fillFile(join(folder, 'model.bin'), (target) =>
      writeCTranslate2Model(target, model, variables),
    );
    await source.writeCompanions(folder);
  });
  return bytes;
}

/** What CTranslate2 calls quantisable: the names that end in `weight`. */
function isWeight(variable: ModelVariable): boolean {
  return variable.name.endsWith('weight') && variable.dims.length >= 2;
}

function planInt8(
  model: ModelWeights,
  variable: ModelVariable,
  progress: Progress,
): VariableToWrite[] {
  if (isWeight(variable)) return quantized(model, variable, progress);
  if (!isFloat(variable) || variable.dims.length === 0) return [kept(variable, progress)];
  const { name, dims } = variable;
  const length = countOf(dims);
  const write = async (output: OutputFile) => {
    const floats = await readFloats(model, variable, { start: 0, length });
    await output.write(bytesOf(floats));
    progress.advance(length);
  };
  return [{ name, dims, type: 'float32', byteLength: length * 4, write }];
}

function planFloat16(
  model: ModelWeights,
  variable: ModelVariable,
  progress: Progress,
): VariableToWrite {
  if (!isFloat(variable)) return kept(variable, progress);
  const { name, dims } = variable;
  const count = countOf(dims);
  const write = async (output: OutputFile) => {
    for (let start = 0; start < count; start += CHUNK) {
      const slice = { start, length: Math.min(CHUNK, count - start) };
      const halves = await readHalves(model, variable, slice);
      if (halves === undefined) {
        throw model.damaged(`'${name}' holds a weight that float16 cannot`);
      }
      await output.write(bytesOf(halves));
      progress.advance(slice.length);
    }
  };
  return { name, dims, type: 'float16', byteLength: count * 2, write };
}

async function readHalves(
  model: ModelWeights,
  variable: ModelVariable,
  slice: { readonly start: number; readonly length: number },
): Promise<Uint16Array | undefined> {
  if (variable.type !== 'float16') return floatsToHalves(await readFloats(model, variable, slice));
  const halves = new Uint16Array((await readBytes(variable, slice)).buffer);
  return areHalvesFinite(halves) ? halves : undefined;
}

function quantized(
  model: ModelWeights,
  variable: ModelVariable,
  progress: Progress,
): VariableToWrite[] {
  const { name, dims } = variable;
  const rows = dims[0] ?? 1;
  const depth = countOf(dims) / rows;
  const scales = new Float32Array(rows);
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK / depth));
  const write = async (output: OutputFile) => {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const length = Math.min(rowsAtOnce, rows - row) * depth;
      const floats = await readFloats(model, variable, { start: row * depth, length });
      const target = new Int8Array(length);
      const found = quantizeRows(floats, depth, target);
      if (found === undefined) throw model.damaged(`'${name}' holds an infinite weight`);
      scales.set(found, row);
      await output.write(new Uint8Array(target.buffer));
      progress.advance(length);
    }
  };
  const writeScales = (output: OutputFile) => output.write(bytesOf(scales));
  return [
    { name, dims, type: 'int8', byteLength: rows * depth, write },
    {
      name: `${name}_scale`,
      dims: [rows],
      type: 'float32',
      byteLength: rows * 4,
      write: writeScales,
    },
  ];
}

function kept(variable: ModelVariable, progress: Progress): VariableToWrite {
  const length = countOf(variable.dims);
  const write = async (output: OutputFile) => {
    await output.write(await readBytes(variable, { start: 0, length }));
    progress.advance(length);
  };
  const { name, dims, type, byteLength } = variable;
  return { name, dims, type, byteLength, write };
}
