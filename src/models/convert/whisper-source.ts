import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openCTranslate2Model } from './ctranslate2-model.js';
import type { ModelWeights } from './model-weights.js';
import { readVocabulary, type Vocabulary } from './whisper-vocabulary.js';

/** A Whisper model that is converted: its numbers and what stands beside them. */
export interface WhisperSource extends AsyncDisposable {
  readonly weights: ModelWeights;
  readonly vocabulary: Vocabulary;
  /** Writes the files that a CTranslate2 folder holds beside model.bin. */
  writeCompanions(folder: string): Promise<void>;
}

/** The files beside model.bin that belong to a CTranslate2 folder. */
export function isCompanionFile(name: string): boolean {
  const pattern = /^(config|tokenizer|tokenizer_config|preprocessor_config|vocabulary)\.json$/;
  return pattern.test(name) || name === 'vocabulary.txt';
}

/** Opens a CTranslate2 folder. Throws CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE. */
export async function openCTranslate2Source(folder: string): Promise<WhisperSource> {
  const vocabulary = await readVocabulary(folder);
  const names = (await readdir(folder)).filter(isCompanionFile);
  const weights = await openCTranslate2Model(join(folder, 'model.bin'));
  return {
    weights,
    vocabulary,
    async writeCompanions(target) {
      for (const name of names) await copyFile(join(folder, name), join(target, name));
    },
    [Symbol.asyncDispose]: () => weights.file.close(),
  };
}
