import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CpwError } from '../../errors.js';
import type { BinaryFile } from './binary-file.js';
import { Progress, type ConvertControl } from './convert-control.js';
import {
  openCTranslate2Model,
  type CTranslate2Model,
  type ModelVariable,
} from './ctranslate2-model.js';
import { writeCTranslate2Model, type VariableToWrite } from './ctranslate2-writer.js';
import { fillFile, writeFolderWhole, type OutputFile } from './output.js';
import { countOf, isFloat, readBytes, readFloats } from './variable-reader.js';

/** Numbers that are worked on at once: 16 MB as floats, whatever the size of the model. */
const CHUNK = 4 * 1024 * 1024;
/** Adding and subtracting 1.5 x 2^52 rounds a double to the nearest integer, ties to even. */
const ROUNDING_SHIFT = 1.5 * 2 ** 52;

/** The files beside model.bin that belong to a CTranslate2 folder. */
export function isCompanionFile(name: string): boolean {
  const pattern = /^(config|tokenizer|tokenizer_config|preprocessor_config|vocabulary)\.json$/;
  return pattern.test(name) || name === 'vocabulary.txt';
}

/**
 * Makes a CTranslate2 folder with int8 weights of a float one: every matrix by rows with one scale
 * each, as CTranslate2's own converter does, everything else float32. That is what int8_float32
 * computes with on a CPU, so nothing has to be converted when the model is loaded.
 */
export async function quantizeToInt8(
  input: string,
  output: { readonly path: string; readonly overwrite: boolean },
  control: ConvertControl = {},
): Promise<void> {
  const model = await openCTranslate2Model(join(input, 'model.bin'));
  await using file = model.file;
  refuseQuantized(model);
  const names = (await readdir(input)).filter(isCompanionFile);
  const known = (name: string) => name === 'model.bin' || isCompanionFile(name);
  const options = { overwrite: output.overwrite, replaceable: known };
  await writeFolderWhole(output.path, options, async (folder) => {
    const variables = plan(model, new Progress(file.size, control));
    await fillFile(join(folder, 'model.bin'), (target) =>
      writeCTranslate2Model(target, model, variables),
    );
    for (const name of names) await copyFile(join(input, name), join(folder, name));
  });
}

/**
 * Quantises rows of `depth` floats as CTranslate2 does (model_spec.py, _quantize): the largest
 * magnitude of a row becomes 127, ties go to the even number. Returns the scales (value = int8 /
 * scale), or undefined when a weight is not finite.
 */
export function quantizeRows(
  floats: Float32Array,
  depth: number,
  target: Int8Array,
): Float32Array | undefined {
  const scales = new Float32Array(floats.length / depth);
  for (let row = 0; row < scales.length; row += 1) {
    const end = (row + 1) * depth;
    let largest = 0;
    let sum = 0;
    for (let i = row * depth; i < end; i += 1) {
      const magnitude = Math.abs(floats[i] as number);
      sum += magnitude;
      if (magnitude > largest) largest = magnitude;
    }
    // Any infinity or NaN stays in the sum; a comparison would lose the latter.
    if (!Number.isFinite(sum)) return undefined;
    // A row of zeros gets scale 1, a tiny one a scale that a float can still hold.
    const scale = Math.fround(largest === 0 ? 1 : 127 / Math.max(largest, 127 / 3.4028234e38));
    for (let i = row * depth; i < end; i += 1) {
      target[i] = Math.fround((floats[i] as number) * scale) + ROUNDING_SHIFT - ROUNDING_SHIFT;
    }
    scales[row] = scale;
  }
  return scales;
}

function refuseQuantized(model: CTranslate2Model): void {
  if (model.spec !== 'WhisperSpec') {
    throw model.file.damaged(`it is a '${model.spec}' and only Whisper models are converted`);
  }
  for (const variable of model.variables.values()) {
    if (!isWeight(variable) || isFloat(variable)) continue;
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `Cannot quantise '${model.file.path}': '${variable.name}' is ${variable.type} already. ` +
        'Next step: use it as it is, or start from the float16 folder.',
    );
  }
}

/** What CTranslate2 calls quantisable: the names that end in `weight`. */
function isWeight(variable: ModelVariable): boolean {
  return variable.name.endsWith('weight') && variable.dims.length >= 2;
}

function plan(model: CTranslate2Model, progress: Progress): VariableToWrite[] {
  return [...model.variables.values()].flatMap((variable) => {
    if (isWeight(variable)) return quantized(model.file, variable, progress);
    return [
      isFloat(variable) && variable.dims.length > 0
        ? widened(model.file, variable)
        : kept(model.file, variable),
    ];
  });
}

function quantized(
  file: BinaryFile,
  variable: ModelVariable,
  progress: Progress,
): VariableToWrite[] {
  const rows = variable.dims[0] ?? 1;
  const count = countOf(variable.dims);
  const depth = count / rows;
  const scales = new Float32Array(rows);
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK / depth));
  const write = async (output: OutputFile) => {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const length = Math.min(rowsAtOnce, rows - row) * depth;
      const floats = await readFloats(file, variable, { start: row * depth, length });
      const target = new Int8Array(length);
      const found = quantizeRows(floats, depth, target);
      if (found === undefined) throw file.damaged(`'${variable.name}' holds an infinite weight`);
      scales.set(found, row);
      await output.write(new Uint8Array(target.buffer));
      progress.advance((length * variable.byteLength) / count);
    }
  };
  const writeScales = (output: OutputFile) => output.write(new Uint8Array(scales.buffer));
  const { name, dims } = variable;
  return [
    { name, dims, type: 'int8', byteLength: count, write },
    {
      name: `${name}_scale`,
      dims: [rows],
      type: 'float32',
      byteLength: rows * 4,
      write: writeScales,
    },
  ];
}

function widened(file: BinaryFile, variable: ModelVariable): VariableToWrite {
  const length = countOf(variable.dims);
  const write = async (output: OutputFile) => {
    const floats = await readFloats(file, variable, { start: 0, length });
    await output.write(new Uint8Array(floats.buffer));
  };
  return {
    name: variable.name,
    dims: variable.dims,
    type: 'float32',
    byteLength: length * 4,
    write,
  };
}

function kept(file: BinaryFile, variable: ModelVariable): VariableToWrite {
  const length = countOf(variable.dims);
  const write = async (output: OutputFile) =>
    output.write(await readBytes(file, variable, { start: 0, length }));
  const { name, dims, type, byteLength } = variable;
  return { name, dims, type, byteLength, write };
}
