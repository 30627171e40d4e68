import { incompatible } from './binary-file.js';
import { Progress, type ConvertControl } from './convert-control.js';
import { fileTypeOf, type WhisperParameters } from './ggml-model.js';
import { isQuantized, writeTensor, type GgmlWeights, type TensorToWrite } from './ggml-tensors.js';
import { writeWhisperHead } from './ggml-writer.js';
import { melFilters } from './mel-filters.js';
import { countOf, type ModelWeights } from './model-weights.js';
import { writeFileWhole } from './output.js';
import { fitsBlocks } from './quantize-ggml.js';
import { readBytes, readFloats, readInteger, requireVariable } from './variable-reader.js';
import type { WhisperSource } from './whisper-source.js';
import { planWhisperTensors, type TensorPlan, type ZeroPlan } from './whisper-tensors.js';
import { tokenBytes, type Vocabulary } from './whisper-vocabulary.js';

/** The first size of the multilingual vocabularies; whisper.cpp tells the two kinds by it. */
const FIRST_MULTILINGUAL = 51865;
const SPACE = 0x20;
const END_OF_TEXT = '<|endoftext|>';
const END_OF_TEXT_ID = { english: 50256, multilingual: 50257 } as const;

/** Where a ggml file is written, and the number format of its matrices. */
export interface GgmlOutput {
  readonly path: string;
  readonly overwrite: boolean;
  readonly weights: GgmlWeights;
}

/**
 * Writes a Whisper model with float weights in ggml form. Resolves to the file's size. Throws
 * CPW_MODEL_INCOMPATIBLE where whisper.cpp could not use it.
 */
export async function whisperToGgml(
  { weights: model, vocabulary }: WhisperSource,
  output: GgmlOutput,
  control: ConvertControl = {},
): Promise<number> {
  const fileType = fileTypeOf(output.weights);
  const parameters = await readParameters(model, fileType);
  const plan = planWhisperTensors(parameters);
  for (const tensor of plan.tensors) checkTensor(model, tensor);
  for (const zero of plan.zeros) await checkZero(model, zero);
  const tensors = plan.tensors.map((tensor) => tensorToWrite(model, tensor, output.weights));
  refuseNarrow(model, tensors);
  const tokens = textTokens(vocabulary, parameters.vocabularySize);
  const numbers = tensors.reduce((sum, { dims }) => sum + countOf(dims), 0);
  const progress = new Progress(numbers, control);
  return await writeFileWhole(output.path, output.overwrite, async (target) => {
    const filters = melFilters(parameters.mels);
    await writeWhisperHead(target, { parameters, melFilters: filters, vocabulary: tokens });
    for (const tensor of tensors) {
      const wrong = await writeTensor(target, tensor, progress);
      if (wrong !== undefined) throw model.damaged(`'${tensor.name}' ${wrong}`);
    }
  });
}

async function readParameters(model: ModelWeights, fileType: number): Promise<WhisperParameters> {
  if (model.spec !== 'WhisperSpec') {
    throw model.damaged(`it is a '${model.spec}', not a Whisper model`);
  }
  const dim = (name: string, index: number) => requireVariable(model, name).dims[index] ?? 0;
  return {
    vocabularySize: dim('decoder/embeddings/weight', 0),
    audioContext: dim('encoder/position_encodings/encodings', 0),
    audioState: dim('encoder/position_encodings/encodings', 1),
    audioHeads: await readInteger(model, 'encoder/num_heads'),
    audioLayers: countLayers(model, 'encoder'),
    textContext: dim('decoder/position_encodings/encodings', 0),
    textState: dim('decoder/embeddings/weight', 1),
    textHeads: await readInteger(model, 'decoder/num_heads'),
    textLayers: countLayers(model, 'decoder'),
    mels: dim('encoder/conv1/weight', 1),
    fileType,
  };
}

function countLayers(model: ModelWeights, part: string): number {
  let count = 0;
  while (model.variables.has(`${part}/layer_${count}/ffn/linear_0/weight`)) count += 1;
  return count;
}

/**
 * The tokens that stand in the file: text alone, plus <|endoftext|> for English models.
 * whisper.cpp makes up the names of the others and knows the ids of both kinds by heart.
 */
function textTokens({ path, tokens }: Vocabulary, size: number): Uint8Array[] {
  const multilingual = size >= FIRST_MULTILINGUAL;
  const expected = multilingual ? END_OF_TEXT_ID.multilingual : END_OF_TEXT_ID.english;
  if (tokens.length !== size) {
    throw incompatible(path, `it has ${tokens.length} tokens and the model ${size}`);
  }
  const end = tokens.indexOf(END_OF_TEXT);
  if (end !== expected || size < FIRST_MULTILINGUAL - 1) {
    const found = end < 0 ? 'missing' : `at ${end}`;
    throw incompatible(
      path,
      `whisper.cpp wants ${END_OF_TEXT} at ${expected} and here it is ${found} of ${size}`,
      'use this model with the ctranslate2 engine',
    );
  }
  const text = tokens.slice(0, multilingual ? end : end + 1).map((token, id) => {
    const bytes = tokenBytes(token);
    if (bytes === undefined) throw incompatible(path, `token ${id} is not in GPT-2's encoding`);
    return bytes;
  });
  // whisper.cpp 1.9.1 looks this one up without a check (suppress_blank) and ends the process.
  if (!text.some((bytes) => bytes.length === 1 && bytes[0] === SPACE)) {
    throw incompatible(path, 'it has no token of a single space, which whisper.cpp needs');
  }
  return text;
}

function checkTensor(model: ModelWeights, tensor: TensorPlan): void {
  const { dims } = requireVariable(model, tensor.source);
  const [rows = 0, ...rest] = tensor.dims;
  const expected = [rows * tensor.parts, ...rest.filter((dim) => dim > 1)];
  if (dims.join() !== expected.join()) {
    throw model.damaged(
      `'${tensor.source}' has the shape [${dims.join(', ')}], not [${expected.join(', ')}]`,
    );
  }
}

async function checkZero(model: ModelWeights, zero: ZeroPlan): Promise<void> {
  const variable = requireVariable(model, zero.source);
  const slice = { start: zero.part * zero.length, length: zero.length };
  const floats = await readFloats(model, variable, slice);
  if (floats.every((value) => value === 0)) return;
  throw model.damaged(`'${zero.source}' has a bias for the keys, which Whisper has not`);
}

function tensorToWrite(model: ModelWeights, plan: TensorPlan, weights: GgmlWeights): TensorToWrite {
  const dims = plan.dims.toReversed();
  const type = plan.type === 'f16' && isQuantized(plan.name, dims) ? weights : plan.type;
  const variable = requireVariable(model, plan.source);
  const before = plan.part * countOf(dims);
  const asStored = type === 'f16' && variable.type === 'float16';
  return {
    name: plan.name,
    dims,
    type,
    async read(start, length) {
      const slice = { start: before + start, length };
      if (!asStored) return readFloats(model, variable, slice);
      return new Uint16Array((await readBytes(variable, slice)).buffer);
    },
  };
}

/** ggml's blocks are parts of a row, so a model may be too narrow for them. */
function refuseNarrow(model: ModelWeights, tensors: readonly TensorToWrite[]): void {
  for (const { name, dims, type } of tensors) {
    const [row = 0] = dims;
    if (type === 'f32' || type === 'f16' || fitsBlocks(type, row)) continue;
    const what = `its rows of ${row} numbers ('${name}') cannot be stored as ${type}`;
    throw model.damaged(what, 'take ggml-f16, which stores any width');
  }
}
