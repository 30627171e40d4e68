import { CpwError } from '../errors.js';
import type { NativeTranslation, NativeTranslator } from '../native/addon.js';
import { runJob } from '../native/handle.js';
import type { ParsedTranslateOptions } from '../options/translate.js';
import {
  findLanguage,
  modelLanguage,
  type Language,
  type ModelLanguage,
} from '../text/language.js';
import { prepareIndic, restoreIndic } from '../text/indic.js';
import { splitSentences } from '../text/split-sentences.js';
import type {
  Translation,
  TranslationAlternative,
  TranslationModelInfo,
  TranslationProblem,
} from '../types.js';

/** A model in memory, and what is known of it. */
export interface LoadedTranslator {
  readonly native: NativeTranslator;
  readonly info: TranslationModelInfo;
  /** The languages of a model of one pair, where its files tell them. */
  readonly pair?: { readonly source: string; readonly target: string };
}

/** What a call wants. */
export interface TranslateCall {
  readonly options: ParsedTranslateOptions;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** A sentence, or what is kept as it is, and what stood behind it. */
interface Part {
  readonly source: string;
  readonly gap: string;
  /** Index of the sentence among those that are translated; -1 where nothing is. */
  readonly index: number;
}

interface Direction {
  readonly source: ModelLanguage;
  readonly target: ModelLanguage;
}

/** Texts of one language in another; see `Translator.translateBatch`. */
export async function translateTexts(
  { native, info, pair }: LoadedTranslator,
  texts: readonly string[],
  { options, signal, onProgress }: TranslateCall,
): Promise<readonly Translation[]> {
  signal?.throwIfAborted();
  checkTexts(texts);
  const direction = directionOf(info, pair, options);
  const sentences = new Sentences();
  const split = texts.map((text) => partsOf(text, { ...options, direction, sentences }));
  const indic = info.layout === 'indictrans2';
  const prepared = sentences.list.map((text) =>
    indic ? prepareIndic(text, direction.source.language.flores) : { text, kept: [] },
  );
  const translated = await runJob(
    () =>
      native.translateBatch(
        prepared.map(({ text }) => text),
        nativeOptions(options, direction),
        onProgress ? { onProgress } : {},
      ),
    signal,
  );
  const results = translated.map((one, i) =>
    resultOf(sentences.list[i] ?? '', one, (text) =>
      indic ? restoreIndic(text, direction.target.language.flores, prepared[i]?.kept ?? []) : text,
    ),
  );
  const spaced = separatorOf(direction.target) === ' ';
  return split.map((parts) => joined(parts, results, { spaced, options }));
}

/** What the model reads and writes. */
export function knownLanguages({ info, pair }: LoadedTranslator): {
  readonly source: readonly Language[];
  readonly target: readonly Language[];
} {
  const named = (tokens: readonly string[], own: string | undefined): readonly Language[] =>
    (tokens.length > 0 ? tokens : own === undefined ? [] : [own]).flatMap((token) => {
      const language = findLanguage(token.replaceAll(/[<>]/gu, ''));
      return language === undefined ? [] : [language];
    });
  return {
    source: named(info.sourceLanguages, pair?.source),
    target: named(info.targetLanguages, pair?.target),
  };
}

function checkTexts(texts: readonly string[]): void {
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    'translateBatch: the texts are not a list of strings. Next step: give an array, also of one text.',
  );
}

function directionOf(
  { layout, sourceLanguages, targetLanguages }: TranslationModelInfo,
  pair: LoadedTranslator['pair'],
  options: Pick<ParsedTranslateOptions, 'source' | 'target'>,
): Direction {
  const source = modelLanguage(options.source, layout, sourceLanguages);
  const target = modelLanguage(options.target, layout, targetLanguages);
  if (source.language === target.language) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `source and target are both ${source.language.name}. Next step: name another target.`,
    );
  }
  if (pair !== undefined) {
    checkPair(source.language, pair.source, 'from');
    if (targetLanguages.length === 0) checkPair(target.language, pair.target, 'to');
  }
  return { source, target };
}

function checkPair(wanted: Language, known: string, direction: 'from' | 'to'): void {
  const language = findLanguage(known);
  // Names of groups (opus-mt-en-ROMANCE) are no languages: the model is left to judge.
  if (language === undefined || language.code === wanted.code) return;
  throw new CpwError(
    'CPW_UNSUPPORTED_LANGUAGE',
    `The model translates ${direction} ${language.name} (${language.code}) alone, not ${wanted.name} ` +
      `(${wanted.code}). Next step: use ${language.code}, or another model.`,
    { details: { language: wanted.code } },
  );
}

/** The sentences of a call, each once. */
class Sentences {
  readonly list: string[] = [];
  readonly #known = new Map<string, number>();

  add(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

function partsOf(
  text: string,
  {
    splitSentences: split,
    direction,
    sentences,
  }: Pick<ParsedTranslateOptions, 'splitSentences'> & {
    readonly direction: Direction;
    readonly sentences: Sentences;
  },
): readonly Part[] {
  const { code } = direction.source.language;
  // NUL is nothing that a text means to say, and ends one in C.
  return linesOf(text.replaceAll('\0', '')).flatMap(({ line, end }) => {
    const inner = line.trim();
    const whole = [{ text: inner, gap: '' }];
    const found = split && inner !== '' ? splitSentences(inner, code) : whole;
    return found.map(({ text: source, gap }, i) => {
      const index = /\p{L}/u.test(source) ? sentences.add(source) : -1;
      return { source, gap: i + 1 === found.length ? end : gap, index };
    });
  });
}

function linesOf(text: string): readonly { readonly line: string; readonly end: string }[] {
  const lines = text.split(/(\r\n|\r|\n)/u);
  return lines.flatMap((line, i) => (i % 2 === 0 ? [{ line, end: lines[i + 1] ?? '' }] : []));
}

function nativeOptions(options: ParsedTranslateOptions, { source, target }: Direction) {
  const { splitSentences: _, restrictOutput, source: __, target: ___, ...search } = options;
  return {
    ...search,
    source: source.token,
    target: target.token,
    script: restrictOutput ? target.script : '',
    separator: separatorOf(target),
  };
}

/** Chinese and Japanese put nothing between sentences. */
function separatorOf({ language }: ModelLanguage): string {
  return ['Hans', 'Hant', 'Jpan'].includes(language.script) ? '' : ' ';
}

interface SentenceResult {
  readonly hypotheses: readonly TranslationAlternative[];
  readonly tokens: number;
  readonly problem?: TranslationProblem;
}

/** Pieces unknown to the model by which a sentence is none that it can read. */
const mostUnknown = 0.5;
/** A name or two may stay what they were; a sentence of this many words may not. */
const wordsOfSentence = 4;

function resultOf(
  source: string,
  { hypotheses, sourceTokens, unknownTokens, targetTokens, cutOff }: NativeTranslation,
  restore: (text: string) => string,
): SentenceResult {
  const restored = hypotheses.map(({ text, score }) => ({ text: restore(text).trim(), score }));
  const nothing = { hypotheses: restored.map(() => ({ text: '', score: 0 })), tokens: 0 };
  if (unknownTokens > mostUnknown * sourceTokens) return { ...nothing, problem: 'unknown-text' };
  const [best] = restored;
  if (best === undefined || best.text === '') return { ...nothing, problem: 'empty' };
  const isSentence = source.split(/\s+/u).length >= wordsOfSentence;
  if (isSentence && best.text === source) return { ...nothing, problem: 'same-as-source' };
  const done = { hypotheses: restored, tokens: targetTokens };
  return cutOff ? { ...done, problem: 'cut-off' } : done;
}

/** The i-th alternative of a text is made of the i-th ones of its sentences. */
function joined(
  parts: readonly Part[],
  results: readonly SentenceResult[],
  { spaced, options }: { readonly spaced: boolean; readonly options: ParsedTranslateOptions },
): Translation {
  const of = (part: Part): SentenceResult | undefined => results[part.index];
  const textOf = (rank: number): string =>
    parts
      .map((part) => {
        const text = of(part)?.hypotheses[rank]?.text ?? part.source;
        return text + gapOf(part, spaced && text !== '');
      })
      .join('');
  const scoreOf = (rank: number): number => {
    const tokens = parts.reduce((sum, part) => sum + (of(part)?.tokens ?? 0), 0);
    const sum = parts.reduce(
      (all, part) => all + (of(part)?.hypotheses[rank]?.score ?? 0) * (of(part)?.tokens ?? 0),
      0,
    );
    return tokens === 0 ? 0 : sum / tokens;
  };
  const all = Array.from({ length: options.alternatives }, (_, rank) => ({
    text: textOf(rank),
    score: scoreOf(rank),
  }));
  const { text = '', score = 0 } = all[0] ?? {};
  const problem = problemOf(parts, of);
  return {
    text,
    score,
    ...(options.alternatives > 1 ? { alternatives: all } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

function gapOf({ gap }: Part, spaced: boolean): string {
  if (/[\r\n]/u.test(gap) || gap === '') return gap;
  return spaced ? ' ' : '';
}

function problemOf(
  parts: readonly Part[],
  of: (part: Part) => SentenceResult | undefined,
): TranslationProblem | undefined {
  const found = parts.map((part) => of(part)?.problem).find((problem) => problem !== undefined);
  if (found !== undefined) return found;
  const text = parts.some(({ source }) => source !== '');
  return text && parts.every(({ index }) => index === -1) ? 'nothing-to-translate' : undefined;
}
