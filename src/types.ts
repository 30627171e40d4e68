/** A span in which speech was found. Times are seconds from the beginning of the audio. */
export interface SpeechSegment {
  readonly start: number;
  readonly end: number;
}

/** One word with its time. `word` carries no surrounding white space. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly word: string;
  /** 0..1 */
  readonly probability: number;
}

/**
 * Which attempt at its window a segment's text comes from: the first one, with the wider beam, with
 * the audio filled up to the 30 s that Whisper was trained on, or drawn at a temperature.
 */
export type DecodingPass = 'first' | 'beam' | 'full' | 'sampled';

/** A sentence or two of a transcript. Times are seconds from the beginning of the audio, `start < end`. */
export interface Segment {
  /** Counts from 0 without holes. */
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Mean natural-log probability of the decoded tokens. */
  readonly avgLogprob: number;
  /** 0..1: how likely the model found the window to hold no speech. */
  readonly noSpeechProb: number;
  /** 0..1: exp(avgLogprob). */
  readonly confidence: number;
  /** How far zlib shrinks the text of the segment's window; loops shrink most. */
  readonly compressionRatio: number;
  /** At which the text was drawn, 0 where it was searched for. */
  readonly temperature: number;
  readonly pass: DecodingPass;
  /** Whisper's code, where the language was decided for every window, or for each channel. */
  readonly language?: string;
  /** Counted from 0, where each channel was transcribed on its own. */
  readonly channel?: number;
  /** True where a translation failed: the text is the source's, and is shown in brackets. */
  readonly untranslated?: boolean;
  /** Present when word times were asked for. */
  readonly words?: readonly Word[];
}

/** Text that a model wrote and that nobody spoke. Times are seconds from the beginning of the audio. */
export interface RemovedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Why it was left out, in words. */
  readonly reason: string;
  /** As a segment's. */
  readonly channel?: number;
}

/** A part of a recording that was read. Times are seconds from the beginning of the recording. */
export interface ReadClip {
  readonly start: number;
  readonly end: number;
}

/** What `Recognizer.transcribe` resolves to. */
export interface Transcript {
  /** Whisper's code of the spoken language, e.g. `en`. */
  readonly language: string;
  /** 0..1; 1 when the language was given. */
  readonly languageProbability: number;
  /** Where a clip begins in its recording, in seconds; absent when all of it was read. */
  readonly start?: number;
  /** Seconds of audio that were read, from `start` on; with `clips` the gaps count too. */
  readonly duration: number;
  /** The parts that were read, where `clips` asked for several. */
  readonly clips?: readonly ReadClip[];
  readonly segments: readonly Segment[];
  /** What was left out of the segments; absent where nothing was. */
  readonly removed?: readonly RemovedText[];
}

/** One candidate of `Recognizer.detectLanguage`. */
export interface LanguageScore {
  readonly language: string;
  readonly probability: number;
}

/** The engines a model can run on. */
export type EngineName = 'whisper' | 'ctranslate2';
/** Where an engine computes. */
export type DeviceName = 'cpu' | 'cuda' | 'metal';

/** What a loaded model says about itself. */
export interface ModelInfo {
  readonly engine: EngineName;
  readonly device: DeviceName;
  /** What really runs, e.g. `int8_float32` or `f16`. */
  readonly computeType: string;
  readonly multilingual: boolean;
  readonly mels: number;
  readonly languages: readonly string[];
}

/** Families of translation models, which differ in their files and in how they are told languages. */
export type TranslationLayout = 'nllb' | 'm2m100' | 'opus' | 'indictrans2';

/**
 * Why a text is not what it should be:
 * - `nothing-to-translate`: it holds no letter; `text` is the source.
 * - `unknown-text`: the model does not know its characters; nothing is given for them.
 * - `same-as-source`: the model gave a sentence back; nothing is given for it.
 * - `empty`: the model wrote nothing.
 * - `cut-off`: the translation came to no end within `maxLength`; what there is of it is given.
 */
export type TranslationProblem =
  'nothing-to-translate' | 'unknown-text' | 'same-as-source' | 'empty' | 'cut-off';

/** One way to put a text. */
export interface TranslationAlternative {
  readonly text: string;
  /** As {@link Translation.score}. */
  readonly score: number;
}

/** A text in another language. */
export interface Translation {
  readonly text: string;
  /** Mean natural-log probability of the written tokens; 0 where `scores` is off or nothing was. */
  readonly score: number;
  /** Where more than one was asked for: all of them, the best first. */
  readonly alternatives?: readonly TranslationAlternative[];
  /** Set where the text, or a sentence of it, could not be translated. */
  readonly problem?: TranslationProblem;
}

/** What a loaded translation model says about itself. */
export interface TranslationModelInfo {
  readonly layout: TranslationLayout;
  readonly device: DeviceName;
  /** What really runs, e.g. `int8_float32`. */
  readonly computeType: string;
  /** The model's own names of the languages it reads; empty where it is not told. */
  readonly sourceLanguages: readonly string[];
  /** Of those it writes; empty for a model of one pair. */
  readonly targetLanguages: readonly string[];
}
