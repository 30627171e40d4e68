import { join } from 'node:path';
import { incompatible } from './binary-file.js';
import { Progress, type ConvertControl } from './convert-control.js';
import { openCTranslate2Model, type CTranslate2Model } from './ctranslate2-model.js';
import type { WhisperParameters } from './ggml-model.js';
import { bytesOf, writeTensorHead, writeWhisperHead } from './ggml-writer.js';
import { floatsToHalves } from './half-float.js';
import { melFilters } from './mel-filters.js';
import { writeFileWhole, type OutputFile } from './output.js';
import { countOf, readBytes, readFloats, readInteger, requireVariable } from './variable-reader.js';
import { planWhisperTensors, type TensorPlan, type ZeroPlan } from './whisper-tensors.js';
import { readVocabulary, tokenBytes } from './whisper-vocabulary.js';

/** whisper.cpp's id for "matrices are f16". */
const FILE_TYPE_F16 = 1;
/** The first size of the multilingual vocabularies; whisper.cpp tells the two kinds by it. */
const FIRST_MULTILINGUAL = 51865;
const SPACE = 0x20;
const END_OF_TEXT = '<|endoftext|>';
const END_OF_TEXT_ID = { english: 50256, multilingual: 50257 } as const;
/** Numbers that are worked on at once. */
const CHUNK = 4 * 1024 * 1024;

/**
 * Writes a Whisper model in ggml form, matrices f16, from a CTranslate2 folder with float weights.
 * Resolves to the file's size. Throws CPW_MODEL_INCOMPATIBLE where whisper.cpp could not use it.
 */
export async function whisperToGgml(
  input: string,
  output: { readonly path: string; readonly overwrite: boolean },
  control: ConvertControl = {},
): Promise<number> {
  const model = await openCTranslate2Model(join(input, 'model.bin'));
  await using file = model.file;
  const parameters = await readParameters(model);
  const plan = planWhisperTensors(parameters);
  for (const tensor of plan.tensors) checkTensor(model, tensor);
  for (const zero of plan.zeros) await checkZero(model, zero);
  const vocabulary = await textTokens(input, parameters.vocabularySize);
  const progress = new Progress(file.size, control);
  return await writeFileWhole(output.path, output.overwrite, async (target) => {
    const filters = melFilters(parameters.mels);
    await writeWhisperHead(target, { parameters, melFilters: filters, vocabulary });
    for (const tensor of plan.tensors) await writeTensor(target, model, { tensor, progress });
  });
}

async function readParameters(model: CTranslate2Model): Promise<WhisperParameters> {
  if (model.spec !== 'WhisperSpec') {
    throw model.file.damaged(`it is a '${model.spec}', not a Whisper model`);
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
    fileType: FILE_TYPE_F16,
  };
}

function countLayers(model: CTranslate2Model, part: string): number {
  let count = 0;
  while (model.variables.has(`${part}/layer_${count}/ffn/linear_0/weight`)) count += 1;
  return count;
}

/**
 * The tokens that stand in the file: text alone, plus <|endoftext|> for English models.
 * whisper.cpp makes up the names of the others and knows the ids of both kinds by heart.
 */
async function textTokens(folder: string, size: number): Promise<Uint8Array[]> {
  const { path, tokens } = await readVocabulary(folder);
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

function checkTensor(model: CTranslate2Model, tensor: TensorPlan): void {
  const { dims } = requireVariable(model, tensor.source);
  const [rows = 0, ...rest] = tensor.dims;
  const expected = [rows * tensor.parts, ...rest.filter((dim) => dim > 1)];
  if (dims.join() !== expected.join()) {
    throw model.file.damaged(
      `'${tensor.source}' has the shape [${dims.join(', ')}], not [${expected.join(', ')}]`,
    );
  }
}

async function checkZero(model: CTranslate2Model, zero: ZeroPlan): Promise<void> {
  const variable = requireVariable(model, zero.source);
  const slice = { start: zero.part * zero.length, length: zero.length };
  const floats = await readFloats(model.file, variable, slice);
  if (floats.every((value) => value === 0)) return;
  throw model.file.damaged(`'${zero.source}' has a bias for the keys, which Whisper has not`);
}

async function writeTensor(
  target: OutputFile,
  model: CTranslate2Model,
  { tensor, progress }: { readonly tensor: TensorPlan; readonly progress: Progress },
): Promise<void> {
  const count = countOf(tensor.dims);
  await writeTensorHead(target, { ...tensor, dims: tensor.dims.toReversed() });
  for (let done = 0; done < count; done += CHUNK) {
    const slice = { start: tensor.part * count + done, length: Math.min(CHUNK, count - done) };
    const bytes = await readAs(model, tensor, slice);
    await target.write(bytes);
    progress.advance(slice.length * 2);
  }
}

async function readAs(
  model: CTranslate2Model,
  tensor: TensorPlan,
  slice: { readonly start: number; readonly length: number },
): Promise<Uint8Array> {
  const variable = requireVariable(model, tensor.source);
  if (tensor.type === 'f16' && variable.type === 'float16') {
    return readBytes(model.file, variable, slice);
  }
  const floats = await readFloats(model.file, variable, slice);
  if (tensor.type === 'f32') return bytesOf(floats);
  const halves = floatsToHalves(floats);
  if (halves === undefined) {
    throw model.file.damaged(`'${variable.name}' holds a weight too large for float16`);
  }
  return bytesOf(halves);
}
