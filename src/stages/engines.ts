import type { PoolableRecognizer } from '../engines/pooled-recognizer.js';
import type { SpeechDetector } from '../engines/speech-detector.js';
import type { FilmNames } from '../names/film-names.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { TranslateOptions } from '../options/translate.js';
import type { TranslatorOptions } from '../options/translator.js';
import type { TranslationProblem } from '../types.js';

/** A recogniser that is lent; closing it gives it back. */
export type LentRecognizer = Omit<PoolableRecognizer, 'close'> & AsyncDisposable;
/** A speech detector that is lent. */
export type LentDetector = Pick<SpeechDetector, 'detectSpeech'> & AsyncDisposable;

/** One text in another language. */
export interface TranslatedText {
  readonly text: string;
  /** As {@link Translation.problem}. */
  readonly problem?: TranslationProblem;
}

/** A translator that is lent. */
export interface LentTranslator extends AsyncDisposable {
  translateBatch(
    texts: readonly string[],
    options: TranslateOptions,
    context?: { readonly signal?: AbortSignal },
  ): Promise<readonly TranslatedText[]>;
}

/** How an engine is asked for. */
export interface LendContext {
  readonly signal: AbortSignal;
  /** False: what is missing is not fetched. */
  readonly mayFetch?: boolean;
}

/** Where stages get engines from. Several jobs share what one pipeline has loaded. */
export interface Engines {
  recognizer(
    model: string,
    options: RecognizerOptions,
    context: LendContext,
  ): Promise<LentRecognizer>;
  /** What tells one recognition model from another: path, engine, files. A missing one is fetched. */
  recognizerIdentity(
    model: string,
    options: RecognizerOptions,
    context: LendContext,
  ): Promise<Readonly<Record<string, unknown>>>;
  detector(options: RecognizerOptions, context: LendContext): Promise<LentDetector>;
  /** Looks up the names that belong to a film; absent where there is no key for it. */
  filmNames?(
    film: ParsedTmdbOptions,
    context: LendContext & { readonly languages: readonly string[] },
  ): Promise<Pick<FilmNames, 'names' | 'warnings'>>;
  translator(
    model: string,
    options: TranslatorOptions,
    context: LendContext,
  ): Promise<LentTranslator>;
  /** What tells one translation model from another: path and files. A missing one is fetched. */
  translatorIdentity(
    model: string,
    options: TranslatorOptions,
    context: LendContext,
  ): Promise<Readonly<Record<string, unknown>>>;
}
