export { Recognizer, type RecognizerInfo } from './engines/recognizer.js';
export { ModelPool, type PooledModel } from './engines/model-pool.js';
export { PooledRecognizer } from './engines/pooled-recognizer.js';
export { SpeechDetector } from './engines/speech-detector.js';
export { Translator, type TranslateContext, type TranslatorInfo } from './engines/translator.js';
export type { LoadContext } from './engines/load-recognizer.js';
export type { TranscribeContext, Transcription } from './engines/transcription.js';
export { CpwError, errorCodes, type CpwErrorOptions, type ErrorCode } from './errors.js';
export type { AudioInput } from './media/input.js';
export type { MediaOptions } from './options/media.js';
export type { DownloadEvent, OnDownload } from './models/download-event.js';
export type { ModelFormat } from './models/layout.js';
export type { HubOptions } from './options/download.js';
export type { ModelPoolOptions } from './options/model-pool.js';
export type { SpeechDetectorOptions } from './options/speech-detector.js';
export type { RecognizerOptions } from './options/recognizer.js';
export type { TranscribeOptions, VadOptions } from './options/transcribe.js';
export type { TranslateOptions } from './options/translate.js';
export type { TranslatorOptions } from './options/translator.js';
export type { Language } from './text/language.js';
export type {
  DeviceName,
  EngineName,
  LanguageScore,
  ModelInfo,
  ReadClip,
  RemovedText,
  Segment,
  SpeechSegment,
  Transcript,
  Translation,
  TranslationAlternative,
  TranslationLayout,
  TranslationModelInfo,
  TranslationProblem,
  Word,
} from './types.js';
