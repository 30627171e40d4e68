export { Recognizer, type RecognizerInfo } from './engines/recognizer.js';
export { SpeechDetector } from './engines/speech-detector.js';
export type { LoadContext } from './engines/load-recognizer.js';
export type { TranscribeContext, Transcription } from './engines/transcription.js';
export { CpwError, errorCodes, type CpwErrorOptions, type ErrorCode } from './errors.js';
export type { AudioInput } from './media/input.js';
export type { MediaOptions } from './options/media.js';
export type { RecognizerOptions } from './options/recognizer.js';
export type { TranscribeOptions, VadOptions } from './options/transcribe.js';
export type {
  DeviceName,
  EngineName,
  LanguageScore,
  ModelInfo,
  Segment,
  SpeechSegment,
  Transcript,
  Word,
} from './types.js';
