import { createHash } from 'node:crypto';
import { z } from 'zod';
import { translationOptionsSchema } from '../options/stages.js';
import type { Segment } from '../types.js';
import * as artefacts from './artefacts.js';
import { batchesOf } from '../text/batches.js';
import { defineStage, type AnyStage } from './stage.js';
import type { LentTranslator, TranslatedText } from './engines.js';

/** What is translated as a whole. */
export interface TranslatedUnit {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How segments become what is translated, and translations segments. */
export interface SentenceTools<Unit extends TranslatedUnit> {
  /** Sentences of the segments, each as soon as it is over. */
  join(segments: AsyncIterable<Segment>, language: string): AsyncIterable<Unit>;
  /** The translation on the sentence's time; of one that failed, the source marked as untranslated. */
  place(sentence: Unit, translation: TranslatedText, language: string): artefacts.TranslatedSegment;
}

const stateSchema = z.strictObject({
  /** Sentences that are translated. */
  sentences: z.int32().min(1),
  /** Names their texts: an upstream stage that was interrupted too may say something else now. */
  texts: z.string(),
});

/** Most sentences that are translated at once. */
const batchSize = 64;

/** Translates sentence by sentence, from the first on, into every target language. */
export function translationStage<Unit extends TranslatedUnit>(
  tools: SentenceTools<Unit>,
): AnyStage {
  return defineStage({
    id: 'translation',
    version: 1,
    inputs: { segments: artefacts.segments },
    outputs: { translations: artefacts.translations },
    options: translationOptionsSchema,
    condition: async ({ options, inputs }) => {
      if (options.targets.length === 0) return 'no target language was asked for';
      const { language } = await inputs.segments.head();
      const foreign = options.targets.some((target) => target !== language);
      return foreign ? undefined : `the spoken language, ${language}, is the target`;
    },
    run: async ({ options, inputs, outputs, engines, checkpoint, signal, progress }) => {
      const { segments } = inputs;
      const { language: source } = await segments.head();
      const targets = options.targets.filter((target) => target !== source);
      const saved = await checkpoint.load(stateSchema);
      const sentences = tools.join(segments.items(), source)[Symbol.asyncIterator]();
      const ahead = await taken(sentences, saved?.sentences ?? 0);
      const hash = createHash('sha256');
      for (const { text } of ahead) hash.update(`${text}\0`);
      const same = saved !== undefined && hash.copy().digest('hex') === saved.texts;
      const keep = same && ahead.length === saved.sentences ? saved.sentences : 0;
      const kept = await outputs.translations.begin({ source, targets }, { keep });
      const rest = kept === undefined ? resumed(ahead, sentences) : resumed([], sentences);
      let words = 0;
      let count = kept === undefined ? 0 : keep;
      const seen = kept === undefined ? createHash('sha256') : hash;
      await using translator = await engines.translator(options.model, options.translator, {
        signal,
      });
      for await (const batch of batchesOf(rest, batchSize)) {
        const items = await translated(batch, { tools, translator, source, targets, signal });
        for (const item of items) {
          await outputs.translations.write(item);
          seen.update(`${item.text}\0`);
          words += item.text.split(/\s+/u).length * targets.length;
        }
        count += items.length;
        await checkpoint.save({ sentences: count, texts: seen.copy().digest('hex') });
        progress({ words, audioS: batch.at(-1)?.end });
      }
      await outputs.translations.end({});
    },
  });
}

interface Work<Unit extends TranslatedUnit> {
  readonly tools: SentenceTools<Unit>;
  readonly translator: LentTranslator;
  readonly source: string;
  readonly targets: readonly string[];
  readonly signal: AbortSignal;
}

async function translated<Unit extends TranslatedUnit>(
  batch: readonly Unit[],
  { tools, translator, source, targets, signal }: Work<Unit>,
): Promise<readonly artefacts.TranslationItem[]> {
  const texts = batch.map(({ text }) => text);
  const byTarget = new Map<string, readonly TranslatedText[]>();
  for (const target of targets) {
    byTarget.set(target, await translator.translateBatch(texts, { source, target }, { signal }));
  }
  return batch.map((sentence, index) => {
    const { id, start, end, text } = sentence;
    const placed = targets.map((target) => {
      const found = byTarget.get(target)?.[index] ?? { text: '' };
      return [target, tools.place(sentence, found, target)] as const;
    });
    return { id, start, end, text, translations: Object.fromEntries(placed) };
  });
}

async function taken<T>(iterator: AsyncIterator<T>, count: number): Promise<readonly T[]> {
  const found: T[] = [];
  while (found.length < count) {
    const next = await iterator.next();
    if (next.done === true) break;
    found.push(next.value);
  }
  return found;
}

async function* resumed<T>(ahead: readonly T[], rest: AsyncIterator<T>): AsyncGenerator<T, void> {
  try {
    yield* ahead;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
