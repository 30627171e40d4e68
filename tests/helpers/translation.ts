import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { demoFolder } from '../../src/models/translation-model.js';
import { loadAddon } from '../../src/native/load.js';
import type { NativeTranslateOptions, NativeTranslator } from '../../src/native/addon.js';

/** The languages of the demo model, with its own names of them. */
export const demoLanguages = { en: 'eng_Latn', es: 'spa_Latn', hi: 'hin_Deva' } as const;
export type DemoLanguage = keyof typeof demoLanguages;

const sentence = z.object({ en: z.string(), es: z.string(), hi: z.string() });
const evalSchema = z.object({ sentences: z.array(sentence) });

/** 200 sentences of the demo model's grammar, each in its three languages. */
export const demoSentences = evalSchema.parse(
  JSON.parse(readFileSync(`${demoFolder()}/eval.json`, 'utf8')),
).sentences;

/** Complete options for the native class: English to Hindi, greedy. */
export const nativeOptions: NativeTranslateOptions = {
  source: 'eng_Latn',
  target: 'hin_Deva',
  script: 'Deva',
  separator: ' ',
  targetPrefix: '',
  beamSize: 1,
  alternatives: 1,
  patience: 1,
  lengthPenalty: 1,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  minLength: 0,
  maxLength: 0,
  scores: true,
};

/** The demo model, or another folder, without what the TypeScript class does. */
export function loadNative(path = demoFolder(), replicas = 2): Promise<NativeTranslator> {
  return loadAddon().Translator.load({
    path,
    device: 'cpu',
    deviceIndex: 0,
    computeType: 'int8_float32',
    replicas,
    threads: 1,
  }).promise;
}
