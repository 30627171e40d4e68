import { join } from 'node:path';
import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { incompatible } from './binary-file.js';
import { readOptionalJson } from './json-file.js';
import type { Vocabulary } from './whisper-vocabulary.js';

const id = z.int().min(0).max(1_000_000);
const vocabularySchema = z.record(z.string(), id);
const tokenizerSchema = z.looseObject({
  model: z.looseObject({ vocab: vocabularySchema }),
  added_tokens: z.array(z.looseObject({ id, content: z.string() })).default([]),
});

/**
 * The tokens of a hub folder in the order of their ids: of tokenizer.json, else of vocab.json and
 * added_tokens.json. Those beyond the last, up to `size`, are Whisper's time tokens, as CTranslate2's
 * converter has it. Throws CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE.
 */
export async function readHubVocabulary(folder: string, size: number): Promise<Vocabulary> {
  const { path, ids } = await readIds(folder);
  const tokens: string[] = [];
  for (const [token, at] of ids) {
    const other = tokens[at];
    if (other !== undefined && other !== token) {
      throw incompatible(path, `two of its tokens have the id ${at}`);
    }
    if (at >= size) throw incompatible(path, `it has a token ${at} and the model ${size} of them`);
    tokens[at] = token;
  }
  const missing = tokens.findIndex((token) => token === undefined);
  if (missing >= 0) throw incompatible(path, `it has no token ${missing}`);
  for (let time = 0; tokens.length < size; time += 1) {
    tokens.push(`<|${(time * 0.02).toFixed(2)}|>`);
  }
  return { path, tokens };
}

async function readIds(folder: string): Promise<{
  readonly path: string;
  readonly ids: readonly (readonly [token: string, id: number])[];
}> {
  const whole = join(folder, 'tokenizer.json');
  const tokenizer = await readOptionalJson(whole, tokenizerSchema);
  if (tokenizer !== undefined) {
    const added = tokenizer.added_tokens.map(({ content, id: at }) => [content, at] as const);
    return { path: whole, ids: [...Object.entries(tokenizer.model.vocab), ...added] };
  }
  const path = join(folder, 'vocab.json');
  const vocabulary = await readOptionalJson(path, vocabularySchema);
  if (vocabulary === undefined) {
    throw new CpwError(
      'CPW_FILE_NOT_FOUND',
      `The model folder '${folder}' has no tokenizer.json and no vocab.json. ` +
        'Next step: fetch all files of the model.',
      { details: { folder } },
    );
  }
  const added = await readOptionalJson(join(folder, 'added_tokens.json'), vocabularySchema);
  return { path, ids: [...Object.entries(vocabulary), ...Object.entries(added ?? {})] };
}
