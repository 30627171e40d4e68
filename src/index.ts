export { Recognizer, type RecognizerInfo } from './engines/recognizer.js';
export { ModelPool, type PooledModel } from './engines/model-pool.js';
export { PooledRecognizer } from './engines/pooled-recognizer.js';
export { SpeechDetector } from './engines/speech-detector.js';
export { Translator, type TranslateContext, type TranslatorInfo } from './engines/translator.js';
export type { LoadContext } from './engines/load-recognizer.js';
export type { TranscribeContext, Transcription } from './engines/transcription.js';
export { CpwError, errorCodes, type CpwErrorOptions, type ErrorCode } from './errors.js';
export { memoryLimits, type MemoryLimits } from './native/memory.js';
export type { AudioInput } from './media/input.js';
export { mediaDuration } from './media/media-duration.js';
export type { MediaOptions } from './options/media.js';
export type { DownloadEvent, OnDownload } from './models/download-event.js';
export { installedModels, type InstalledModel, type ModelFormat } from './models/layout.js';
export type { HubOptions } from './options/download.js';
export type { ModelPoolOptions } from './options/model-pool.js';
export type { SentenceOptions } from './options/sentences.js';
export type { SubtitleOptions } from './options/subtitles.js';
export type { SpeechDetectorOptions } from './options/speech-detector.js';
export type { RecognizerOptions } from './options/recognizer.js';
export type { TranscribeOptions, VadOptions } from './options/transcribe.js';
export { formatAss, parseAss } from './subtitles/ass.js';
export { checkCues, cueChecker, type CueRule, type CueViolation } from './subtitles/check-cues.js';
export type { Cue } from './subtitles/cue.js';
export { CueBuilder, type CueContext } from './subtitles/cue-builder.js';
export { cuesOf, streamCues } from './subtitles/cues.js';
export type { ReadContext } from './subtitles/file-lines.js';
export { parseSubtitles } from './subtitles/parse-subtitles.js';
export { segmentsOfCues } from './subtitles/segments-of-cues.js';
export { formatSrt, parseSrt } from './subtitles/srt.js';
export type { ShownSegment } from './subtitles/tokens.js';
export { formatVtt, parseVtt } from './subtitles/vtt.js';
export { placeTranslation, type PlacedTranslation } from './text/place-translation.js';
export { SentenceJoiner, sentencesOf, type Sentence, type SentenceWord } from './text/sentences.js';
export type { SpokenText, TimedPiece } from './text/timed-pieces.js';
export { isUnspaced, type Piece } from './text/pieces.js';
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
export {
  networkBreaker,
  type Breaker,
  type BreakerNews,
  type BreakerOptions,
  type BreakerState,
} from './network/breaker.js';
export { networkChannel, type NetworkNews } from './network/news.js';
export { isLoopback } from './network/loopback.js';
export { writeAtomically, type FileData } from './pipeline/atomic-file.js';
export { retryTransient, type FailedAttempt } from './models/retry.js';
export { supervise, type Life, type SuperviseOptions } from './pipeline/supervise.js';
export { Pipeline, type PipelineOptions, type RunContext } from './pipeline/pipeline.js';
export type { Job, JobRequest, NewJob } from './pipeline/job.js';
export { describePlan, type PlannedAction } from './pipeline/dry-run.js';
export type { JobDescription, JobStatus, ShownStage } from './pipeline/job-status.js';
export type { JobResult } from './pipeline/run-job.js';
export type { PipelineEvent, PipelineLogger, StageState } from './pipeline/pipeline-events.js';
export type { Selection } from './pipeline/plan.js';
export type { StageRecord } from './pipeline/manifest.js';
export type { AnyStage, Stage, StageContext } from './stages/stage.js';
export type {
  Artefact,
  BytesArtefact,
  FilesArtefact,
  ItemsArtefact,
  JsonArtefact,
  NamedFile,
} from './stages/artefact.js';
export type { Engines, LentDetector, LentRecognizer, LentTranslator } from './stages/engines.js';
export type { StageId, Workflow } from './stages/stage-table.js';
export * as stages from './stages/public.js';
