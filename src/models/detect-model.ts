import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CpwError } from '../errors.js';
import { incompatible } from './convert/binary-file.js';
import { openCTranslate2Model } from './convert/ctranslate2-model.js';
import { fileError } from './convert/file-error.js';
import { readGgmlHead } from './convert/ggml-model.js';
import { isSilero } from './convert/silero-to-ggml.js';
import { openSafeTensors } from './convert/safetensors.js';
import { readVocabulary } from './convert/whisper-vocabulary.js';

/** What lies at a path. `weights` is the number format of the matrices, e.g. `f16` or `int8`. */
export type DetectedModel =
  | { readonly kind: 'ggml-whisper'; readonly weights: string }
  | { readonly kind: 'ggml-silero' }
  | { readonly kind: 'ctranslate2-whisper'; readonly weights: string }
  | { readonly kind: 'safetensors-silero'; readonly file: string }
  | { readonly kind: 'safetensors-other' };

/** ggml's "file types": the number format of most matrices. */
const ggmlFileTypes: Readonly<Record<number, string>> = {
  0: 'f32',
  1: 'f16',
  2: 'q4_0',
  3: 'q4_1',
  7: 'q8_0',
  8: 'q5_0',
  9: 'q5_1',
};

/** A ggml file says its quantiser's version in the thousands of its file type. */
const QUANTIZER_VERSION_FACTOR = 1000;

/**
 * Finds out what a model file or folder is, by its contents. Throws CPW_FILE_NOT_FOUND, or
 * CPW_MODEL_INCOMPATIBLE when it is nothing that this package knows.
 */
export async function detectModel(path: string): Promise<DetectedModel> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError('open', path, error);
  });
  return info.isDirectory() ? detectFolder(path) : detectFile(path);
}

async function detectFile(path: string): Promise<DetectedModel> {
  if (path.endsWith('.safetensors')) return detectSafeTensors(path);
  const head = await readGgmlHead(path).catch((error: unknown) => {
    if (error instanceof CpwError && error.code === 'CPW_MODEL_INCOMPATIBLE') {
      const step = 'give a ggml file, a CTranslate2 folder (not its model.bin) or a known name';
      throw incompatible(path, 'it is no model file in ggml form', step);
    }
    throw error;
  });
  if (head.kind === 'silero') return { kind: 'ggml-silero' };
  const fileType = head.parameters.fileType % QUANTIZER_VERSION_FACTOR;
  return { kind: 'ggml-whisper', weights: ggmlFileTypes[fileType] ?? `type ${fileType}` };
}

async function detectFolder(path: string): Promise<DetectedModel> {
  const names = await readdir(path).catch((error: unknown) => {
    throw fileError('read', path, error);
  });
  if (names.includes('model.bin')) return detectCTranslate2(path, names);
  const safeTensors = names.filter((name) => name.endsWith('.safetensors'));
  const [only] = safeTensors;
  if (only !== undefined) {
    if (safeTensors.length > 1) return { kind: 'safetensors-other' };
    return detectSafeTensors(join(path, only));
  }
  throw incompatible(
    path,
    'the folder holds no model.bin and no .safetensors file',
    'give a CTranslate2 folder, a ggml file or the name of an installed model',
  );
}

async function detectCTranslate2(path: string, names: readonly string[]): Promise<DetectedModel> {
  if (!names.includes('config.json')) {
    throw incompatible(path, 'config.json is missing beside its model.bin');
  }
  const model = await openCTranslate2Model(join(path, 'model.bin'));
  await using file = model.file;
  if (model.spec !== 'WhisperSpec') {
    throw file.damaged(`it is a '${model.spec}', not a Whisper model`);
  }
  await readVocabulary(path);
  const weights = model.variables.get('decoder/embeddings/weight')?.type;
  if (weights === undefined) throw file.damaged("it has no 'decoder/embeddings/weight'");
  return { kind: 'ctranslate2-whisper', weights };
}

async function detectSafeTensors(path: string): Promise<DetectedModel> {
  const model = await openSafeTensors(path);
  await using _file = model.file;
  return isSilero(model)
    ? { kind: 'safetensors-silero', file: path }
    : { kind: 'safetensors-other' };
}
