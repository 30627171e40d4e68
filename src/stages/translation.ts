import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { resumed } from '../media/pump.js';
import { translationOptionsSchema } from '../options/stages.js';
import { batchesOf } from '../text/batches.js';
import { translateWithGlossary, type GlossaryTranslation } from '../text/glossary-enforce.js';
import { coverageReport, type TermUse } from '../text/glossary-report.js';
import { loadGlossary, type Glossary } from '../text/glossary.js';
import { placeTranslation } from '../text/place-translation.js';
import { sentencesOf, type Sentence } from '../text/sentences.js';
import { isTranslation } from '../text/translation-problem.js';
import type { Segment } from '../types.js';
import type { FilesInput } from './artefact.js';
import * as artefacts from './artefacts.js';
import type { LentTranslator } from './engines.js';
import { defineStage } from './stage.js';

const stateSchema = z.strictObject({
  /** Sentences that are translated. */
  sentences: z.int32().min(1),
  /** Names their texts: an upstream stage that was interrupted too may say something else now. */
  texts: z.string(),
});

/** Most sentences that are translated at once. */
const batchSize = 64;

/** Translates sentence by sentence, from the first on, into every target language. */
export const translation = defineStage({
  id: 'translation',
  version: 1,
  inputs: { segments: artefacts.segments },
  uses: { glossary: artefacts.glossary },
  outputs: { translations: artefacts.translations, reports: artefacts.glossaryReports },
  options: translationOptionsSchema,
  parameters: async ({ model, translator, ...decides }, { engines, signal }) => ({
    ...decides,
    model: await engines.translatorIdentity(model, translator, { signal }),
    computeType: translator.computeType,
  }),
  condition: async ({ options, inputs }) => {
    if (options.targets.length === 0) return 'no target language was asked for';
    const { language } = await inputs.segments.head();
    const foreign = options.targets.some((target) => target !== language);
    return foreign ? undefined : `the spoken language, ${language}, is the target`;
  },
  run: async ({ options, inputs, outputs, engines, checkpoint, signal, warn, progress }) => {
    const { segments } = inputs;
    const { language: source } = await segments.head();
    const targets = options.targets.filter((target) => target !== source);
    const { open, after } = await begin(outputs.translations, {
      sentences: sentencesOf(segments.items(), source, options.sentences),
      head: { source, targets },
      state: await checkpoint.load(stateSchema),
    });
    const { model, translator: load, search } = options;
    await using translator = await engines.translator(model, load, { signal });
    // A language that the model lacks is told before hours of speech are heard.
    for (const target of targets) {
      await translator.translateBatch([], { ...search, source, target }, { signal });
    }
    const work = { translator, search, source, signal, enforce: options.glossaryEnforce };
    const languages = await languageWork(targets, { ...work, tables: inputs.glossary, warn });
    let words = 0;
    for await (const batch of batchesOf(open, batchSize)) {
      const items = await translated(batch, languages);
      for (const item of items) await outputs.translations.write(item);
      words += wordsIn(batch) * targets.length;
      await checkpoint.save(after(batch));
      progress({ words, audioS: batch.at(-1)?.end });
    }
    await outputs.translations.end({});
    for (const { target, glossary, uses, failed } of languages) {
      if (failed.length > 0) warn(failureOf(target, failed));
      if (glossary.terms.length === 0) continue;
      const report = `${JSON.stringify(coverageReport(uses, glossary), null, 2)}\n`;
      await outputs.reports.write(`glossary.${target}.json`, report, { language: target });
    }
  },
});

/** One target language's part of the work. */
interface LanguageWork {
  readonly target: string;
  readonly glossary: Glossary;
  /** What became of terms so far. */
  readonly uses: TermUse[];
  /** Sentences that came to nothing so far. */
  readonly failed: Sentence[];
  readonly translate: (texts: readonly string[]) => Promise<GlossaryTranslation>;
}

/** What the work on all target languages shares. */
interface SharedWork {
  readonly translator: LentTranslator;
  readonly search: z.output<typeof translationOptionsSchema>['search'];
  readonly source: string;
  readonly signal: AbortSignal;
  readonly enforce: boolean;
  readonly tables: FilesInput | undefined;
  readonly warn: (message: string) => void;
}

async function languageWork(
  targets: readonly string[],
  work: SharedWork,
): Promise<readonly LanguageWork[]> {
  const { source, enforce, warn } = work;
  const files = (await work.tables?.list()) ?? [];
  const of = (kind: string): string[] =>
    files.filter(({ about }) => about['kind'] === kind).map(({ path }) => path);
  const sources = { files: of('terms'), namesFiles: of('names') };
  return Promise.all(
    targets.map(async (target) => {
      const glossary = await loadGlossary(sources, { source, target });
      for (const note of glossary.notes) warn(note);
      const translate = textsTo(target, work);
      return {
        target,
        glossary,
        uses: [],
        failed: [],
        translate: (texts: readonly string[]) =>
          translateWithGlossary(texts, glossary, { source, target, translate, enforce }),
      };
    }),
  );
}

/** Translates into one language; what is no translation is empty. */
function textsTo(
  target: string,
  { translator, search, source, signal }: SharedWork,
): (texts: readonly string[]) => Promise<readonly string[]> {
  return async (texts) => {
    const asked = { ...search, scores: false, source, target };
    const found = await translator.translateBatch(texts, asked, { signal });
    return found.map(({ text, problem }) => (isTranslation(problem) ? text : ''));
  };
}

async function translated(
  batch: readonly Sentence[],
  languages: readonly LanguageWork[],
): Promise<readonly artefacts.TranslationItem[]> {
  const texts = batch.map(({ text }) => text);
  const placed = new Map<string, readonly Segment[]>();
  for (const { target, translate, uses, failed } of languages) {
    const found = await translate(texts);
    failed.push(...batch.filter((_, index) => (found.texts[index] ?? '').trim() === ''));
    uses.push(...found.uses.map((use) => ({ ...use, text: batch[use.text]?.id ?? use.text })));
    const segments = batch.map((sentence, index) =>
      placeTranslation(sentence, { text: found.texts[index] ?? '' }, target),
    );
    placed.set(target, segments);
  }
  return batch.map(({ id, start, end, text }, index) => {
    const row = [...placed].map(([target, segments]) => [target, segments[index]]);
    const translations = Object.fromEntries(row) as artefacts.TranslationItem['translations'];
    return { id, start, end, text, translations };
  });
}

/** Most places that a warning names. */
const mostPlaces = 5;

function failureOf(target: string, failed: readonly Sentence[]): string {
  const places = failed.slice(0, mostPlaces).map(({ start }) => `${start.toFixed(1)} s`);
  const rest = failed.length > mostPlaces ? ', …' : '';
  const one = failed.length === 1;
  const what = one ? 'a sentence' : `${failed.length} sentences`;
  const where = `at ${places.join(', ')}${rest}`;
  return `${target}: ${what} could not be translated (${where}); ${one ? 'it stands' : 'they stand'} in brackets`;
}

type State = z.output<typeof stateSchema>;

/** Begins the output; what an earlier run has translated stays where the sentences are still the same. */
async function begin(
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
    readonly sentences: AsyncIterable<Sentence>;
    readonly head: { source: string; targets: string[] };
    readonly state: State | undefined;
  },
): Promise<{
  /** What is left to translate. */
  readonly open: AsyncIterable<Sentence>;
  /** The state after another batch. */
  readonly after: (batch: readonly Sentence[]) => State;
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

function hashOf(sentences: readonly Sentence[]): Hash {
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

function wordsIn(batch: readonly Sentence[]): number {
  return batch.reduce((sum, { text }) => sum + text.trim().split(/\s+/u).length, 0);
}
