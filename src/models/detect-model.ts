import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CpwError } from '../errors.js';
import type { TranslationLayout } from '../types.js';
import { incompatible } from './convert/binary-file.js';
import { openCTranslate2Model, type CTranslate2Model } from './convert/ctranslate2-model.js';
import { fileError } from './convert/file-error.js';
import { readGgmlHead, weightsOf } from './convert/ggml-model.js';
import { hubFileNames, openHubTensors } from './convert/hub-tensors.js';
import { isHubWhisper } from './convert/hub-whisper.js';
import { isSilero } from './convert/silero-to-ggml.js';

import { readVocabulary } from './convert/whisper-vocabulary.js';

/** What lies at a path. `weights` is the number format of the matrices, e.g. `f16` or `int8`. */
export type DetectedModel =
  | { readonly kind: 'ggml-whisper'; readonly weights: string }
  | { readonly kind: 'ggml-silero' }
  | { readonly kind: 'ctranslate2-whisper'; readonly weights: string }
  | {
      readonly kind: 'ctranslate2-translation';
      readonly layout: TranslationLayout;
      /** As `weights` of the others. */
      readonly precision: string;
    }
  | { readonly kind: 'safetensors-silero'; readonly file: string }
  /** `file`: the safetensors file, or the index of several. */
  | { readonly kind: 'safetensors-whisper'; readonly file: string }
  | { readonly kind: 'safetensors-other' };

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
  if (/\.safetensors(\.index\.json)?$/.test(path)) return detectSafeTensors(path);
  const head = await readGgmlHead(path).catch((error: unknown) => {
    if (error instanceof CpwError && error.code === 'CPW_MODEL_INCOMPATIBLE') {
      const step = 'give a ggml file, a CTranslate2 folder (not its model.bin) or a known name';
      throw incompatible(path, 'it is no model file in ggml form', step);
    }
    throw error;
  });
  if (head.kind === 'silero') return { kind: 'ggml-silero' };
  return { kind: 'ggml-whisper', weights: weightsOf(head.parameters.fileType) };
}

async function detectFolder(path: string): Promise<DetectedModel> {
  const names = await readdir(path).catch((error: unknown) => {
    throw fileError('read', path, error);
  });
  if (names.includes('model.bin')) return detectCTranslate2(path, names);
  const safeTensors = names.filter((name) => name.endsWith('.safetensors'));
  const named = hubFileNames.find((name) => names.includes(name));
  const chosen = named ?? (safeTensors.length === 1 ? safeTensors[0] : undefined);
  if (chosen !== undefined) return detectSafeTensors(join(path, chosen));
  if (safeTensors.length > 1) return { kind: 'safetensors-other' };
  const pickled = names.find((name) => /^pytorch_model.*\.bin/.test(name));
  if (pickled !== undefined) {
    throw incompatible(
      join(path, pickled),
      'it is a pickle of PyTorch, which is not read',
      'fetch model.safetensors of the same model',
    );
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
  if (model.spec === 'TransformerSpec') return await translationModel(path, names, model);
  if (model.spec !== 'WhisperSpec') {
    throw file.damaged(`it is a '${model.spec}', not a Whisper model`);
  }
  await readVocabulary(path);
  const weights = model.variables.get('decoder/embeddings/weight')?.type;
  if (weights === undefined) throw file.damaged("it has no 'decoder/embeddings/weight'");
  return { kind: 'ctranslate2-whisper', weights };
}

/** Told apart by their files, as the engine does (translation_folder.cc). */
async function translationModel(
  path: string,
  names: readonly string[],
  model: CTranslate2Model,
): Promise<DetectedModel> {
  const precision = model.variables.get('decoder/embeddings/weight')?.type;
  if (precision === undefined) throw model.file.damaged("it has no 'decoder/embeddings/weight'");
  const kind = 'ctranslate2-translation';
  if (names.includes('model.SRC') || names.includes('vocab')) {
    return { kind, layout: 'indictrans2', precision };
  }
  if (names.includes('source.spm')) return { kind, layout: 'opus', precision };
  const vocabulary = names.find((name) => /^shared_vocabulary\.(json|txt)$/u.test(name));
  const pieces = names.some((name) => /^(sentencepiece(\.bpe)?|spm)\.model$/u.test(name));
  if (vocabulary === undefined || !pieces) {
    throw incompatible(
      path,
      'its SentencePiece model or vocabulary is missing beside its model.bin',
      'put the files of the original model there (sentencepiece.bpe.model, or source.spm and target.spm)',
    );
  }
  const text = await readFile(join(path, vocabulary), 'utf8').catch((error: unknown) => {
    throw fileError('read', join(path, vocabulary), error);
  });
  return { kind, layout: text.includes('__en__') ? 'm2m100' : 'nllb', precision };
}

async function detectSafeTensors(path: string): Promise<DetectedModel> {
  await using model = await openHubTensors(path);
  if (isSilero(model.tensors)) return { kind: 'safetensors-silero', file: path };
  if (isHubWhisper(model.tensors)) return { kind: 'safetensors-whisper', file: path };
  return { kind: 'safetensors-other' };
}
