import { createHash, type Hash } from 'node:crypto';
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
    run: async (context) => {
      const { options, inputs, outputs, engines, checkpoint, signal, progress } = context;
      const { segments } = inputs;
      const { language: source } = await segments.head();
      const targets = options.targets.filter((target) => target !== source);
      const { open, after } = await begin(outputs.translations, {
        sentences: tools.join(segments.items(), source),
        head: { source, targets },
        state: await checkpoint.load(stateSchema),
      });
      let words = 0;
      const { model, translator: load } = options;
      await using translator = await engines.translator(model, load, { signal });
      for await (const batch of batchesOf(open, batchSize)) {
        const items = await translated(batch, { tools, translator, source, targets, signal });
        for (const item of items) await outputs.translations.write(item);
        words += wordsIn(batch) * targets.length;
        await checkpoint.save(after(batch));
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

type State = z.output<typeof stateSchema>;

/** Begins the output; what an earlier run has translated stays where the sentences are still the same. */
async function begin<Unit extends TranslatedUnit>(
  output: {
    begin(
      head: { source: string; targets: string[] },
      options: { readonly keep: number },
    ): Promise<unknown>;
  },
  {
    sentences,
    head,
    state,
  }: {
    readonly sentences: AsyncIterable<Unit>;
    readonly head: { source: string; targets: string[] };
    readonly state: State | undefined;
  },
): Promise<{
  /** What is left to translate. */
  readonly open: AsyncIterable<Unit>;
  /** The state after another batch. */
  readonly after: (batch: readonly Unit[]) => State;
}> {
  const rest = sentences[Symbol.asyncIterator]();
  const ahead = await taken(rest, state?.sentences ?? 0);
  let texts = hashOf(ahead);
  const same = ahead.length === state?.sentences && texts.copy().digest('hex') === state.texts;
  const kept = await output.begin(head, { keep: same ? ahead.length : 0 });
  let count = kept === undefined ? 0 : ahead.length;
  if (kept === undefined) texts = hashOf([]);
  return {
    open: resumed(kept === undefined ? ahead : [], rest),
    after: (batch) => {
      for (const { text } of batch) texts.update(`${text}\0`);
      count += batch.length;
      return { sentences: count, texts: texts.copy().digest('hex') };
    },
  };
}

function hashOf(sentences: readonly TranslatedUnit[]): Hash {
  const hash = createHash('sha256');
  for (const { text } of sentences) hash.update(`${text}\0`);
  return hash;
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

function wordsIn(batch: readonly TranslatedUnit[]): number {
  return batch.reduce((sum, { text }) => sum + text.trim().split(/\s+/u).length, 0);
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
