import type {
  LanguageScore,
  ModelInfo,
  RemovedText,
  Segment,
  SpeechSegment,
  TranslationAlternative,
  TranslationModelInfo,
} from '../types.js';

/**
 * The typed shape of the native module. Options objects are complete and frozen: C++ holds no
 * defaults and refuses unknown, missing or mistyped keys with CPW_INTERNAL.
 */
export interface NativeAddon {
  readonly errorCodes: readonly string[];
  /** Asks no device: safe whatever the drivers are. */
  buildInfo(): NativeBuildInfo;
  /** Asks every backend; a bad GPU driver can take the process down here. */
  systemInfo(): NativeSystemInfo;
  /** `null` silences; lines come in order on the JS thread. */
  setLogSink(sink: ((level: NativeLogLevel, message: string) => void) | null): void;
  /** Rows of finite floats in ggml's blocks, copied before the call returns. */
  quantizeGgml(values: Float32Array, options: NativeQuantizeOptions): NativeJob<Uint8Array>;
  readonly WhisperRecognizer: NativeRecognizerClass<NativeWhisperLoadOptions>;
  readonly CTranslate2Recognizer: NativeRecognizerClass<NativeCTranslate2LoadOptions>;
  readonly ProbeRecognizer: NativeRecognizerClass<NativeProbeOptions>;
  readonly SpeechDetector: {
    load(options: NativeSpeechDetectorLoadOptions): NativeJob<NativeSpeechDetector>;
  };
  readonly Translator: {
    load(options: NativeTranslatorLoadOptions): NativeJob<NativeTranslator>;
  };
  readonly AudioInput: NativeAudioInputClass;
}

export type NativeLogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface NativeBuildInfo {
  readonly versions: Readonly<Record<string, string>>;
  /** Build facts: blas, cuda, metal, compiler. */
  readonly build: Readonly<Record<string, string | boolean>>;
}

export interface NativeSystemInfo extends NativeBuildInfo {
  readonly backends: readonly NativeBackend[];
}

/** What one engine's backend said of itself. */
export interface NativeBackend {
  readonly engine: string;
  readonly device: string;
  readonly available: boolean;
  readonly detail: string;
}

/** One running call. An aborted one rejects with an Error whose `code` is `'CPW_ABORTED'`. */
export interface NativeJob<T> {
  readonly promise: Promise<T>;
  abort(): void;
}

export interface NativeQuantizeOptions {
  readonly type: 'q4_0' | 'q4_1' | 'q5_0' | 'q5_1' | 'q8_0';
  /** Numbers in a row, a multiple of 32 that divides the whole. */
  readonly rowLength: number;
}

export interface NativeRecognizerClass<LoadOptions> {
  load(options: LoadOptions): NativeJob<NativeRecognizer>;
}

export interface NativeWhisperLoadOptions {
  readonly path: string;
  readonly device: 'cpu' | 'cuda' | 'metal';
  readonly deviceIndex: number;
  /** Windows worked on at the same time. */
  readonly replicas: number;
  readonly threads: number;
}

export interface NativeTranslatorLoadOptions {
  readonly path: string;
  readonly device: 'cpu' | 'cuda';
  readonly deviceIndex: number;
  /** CTranslate2's name, e.g. `int8_float32`. */
  readonly computeType: string;
  readonly replicas: number;
  readonly threads: number;
}

export interface NativeCTranslate2LoadOptions extends NativeTranslatorLoadOptions {
  /** Windows decoded together at most. */
  readonly batchRows: number;
  /** Seconds of audio decoded together at most; one window is always taken. */
  readonly batchSeconds: number;
}

/** A scripted engine for tests: every window sleeps, then yields one segment whose text counts the windows. */
export interface NativeProbeOptions {
  readonly replicas: number;
  readonly loadMs: number;
  readonly windowMs: number;
  /** Index of the window that fails with CPW_INFERENCE_FAILED, -1 for none. */
  readonly failAtWindow: number;
}

export interface NativeSpeechDetectorLoadOptions {
  readonly path: string;
}

export interface NativeVadOptions {
  readonly threshold: number;
  readonly negThreshold: number;
  readonly minSpeechDurationMs: number;
  readonly maxSpeechDurationS: number;
  readonly minSilenceDurationMs: number;
  readonly speechPadMs: number;
}

export interface NativeTranscribeOptions {
  /** Whisper's code, or '' to detect. */
  readonly language: string;
  readonly translate: boolean;
  readonly beamSize: number;
  /** Beam for a window whose first pass looks wrong, 0 = never retried. */
  readonly retryBeamSize: number;
  readonly patience: number;
  readonly lengthPenalty: number;
  readonly repetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  /** Tried one after the other; not empty. */
  readonly temperatures: readonly number[];
  readonly bestOf: number;
  /** 0 = no text is taken for a loop. */
  readonly compressionRatioThreshold: number;
  readonly logProbThreshold: number;
  readonly noSpeechThreshold: number;
  readonly conditionOnPreviousText: boolean;
  readonly initialPrompt: string;
  readonly hotwords: string;
  readonly prefix: string;
  /** -1 = the model's own list. */
  readonly suppressTokens: readonly number[];
  readonly wordTimestamps: boolean;
  /** The language is decided for every window, whatever `language` says. */
  readonly multilingual: boolean;
  /** Longest window in seconds, 1..30. */
  readonly windowS: number;
  /** Windows that begin before it are cut and not decoded; 0 = none. */
  readonly resumeS: number;
  /** `null` = 30 s windows that seek by the last timestamp. */
  readonly vad: NativeVadOptions | null;
}

/** What is left out is filled in by TypeScript. */
export type NativeSegment = Omit<Segment, 'id' | 'confidence' | 'channel'>;

export interface NativeTranscript {
  readonly language: string;
  readonly languageProbability: number;
  readonly duration: number;
  /** What kept the audio from being whole, in words; empty where it was. */
  readonly damage: string;
  readonly removed: readonly RemovedText[];
}

export interface NativeJobCallbacks {
  readonly onProgress?: (fraction: number) => void;
  readonly onSegment?: (segment: NativeSegment) => void;
}

export interface NativeRecognizer {
  readonly info: ModelInfo;
  /** `detector` is required when `options.vad` is not null. Segments come by callback alone. */
  transcribe(
    input: NativeAudioInput,
    detector: NativeSpeechDetector | null,
    options: NativeTranscribeOptions,
    callbacks: NativeJobCallbacks,
  ): NativeJob<NativeTranscript>;
  /** Decides on the first 30 s of speech (of audio without a detector); reads no further. */
  detectLanguage(
    input: NativeAudioInput,
    detector: NativeSpeechDetector | null,
    vad: NativeVadOptions | null,
  ): NativeJob<readonly LanguageScore[]>;
  close(): void;
}

export interface NativeSpeechDetector {
  detectSpeech(
    input: NativeAudioInput,
    vad: NativeVadOptions,
    callbacks: NativeJobCallbacks,
  ): NativeJob<readonly SpeechSegment[]>;
  close(): void;
}

export interface NativeTranslateOptions {
  /** The model's tokens; empty where it has none. */
  readonly source: string;
  readonly target: string;
  /** Of ISO 15924: no other is written; empty = any. */
  readonly script: string;
  /** Between the parts of a text that was too long to be taken whole. */
  readonly separator: string;
  readonly targetPrefix: string;
  readonly beamSize: number;
  /** Hypotheses returned, at most `beamSize`. */
  readonly alternatives: number;
  readonly patience: number;
  readonly lengthPenalty: number;
  readonly repetitionPenalty: number;
  readonly noRepeatNgramSize: number;
  readonly minLength: number;
  /** 0 = by the length of the text. */
  readonly maxLength: number;
  readonly scores: boolean;
}

export interface NativeTranslation {
  /** Best first, one at least. */
  readonly hypotheses: readonly TranslationAlternative[];
  readonly sourceTokens: number;
  /** Pieces of the source that the model does not know. */
  readonly unknownTokens: number;
  readonly targetTokens: number;
  readonly cutOff: boolean;
}

export interface NativeTranslator {
  readonly info: TranslationModelInfo;
  translateBatch(
    texts: readonly string[],
    options: NativeTranslateOptions,
    callbacks: Pick<NativeJobCallbacks, 'onProgress'>,
  ): NativeJob<readonly NativeTranslation[]>;
  close(): void;
}

/** A stream of audio for one call; it can be handed to one call alone. */
export interface NativeAudioInput {
  /**
   * Before the call: clips [begin, end) alone, in samples at 16 kHz, ascending and apart; the end of
   * the last may be -1, to the end.
   */
  clip(options: {
    readonly beginSamples: readonly number[];
    readonly endSamples: readonly number[];
  }): void;
  /**
   * Push inputs only: copies the chunk and resolves when there is room for another, at the latest
   * when the call that reads has ended.
   */
  push(chunk: Float32Array | Uint8Array): Promise<void>;
  end(): void;
  /** Ends the stream with an error: the call that reads it fails with this code and message. */
  fail(code: string, message: string): void;
}

/** Who decodes some media, by its content. */
export interface NativeMediaIdentity {
  /** `decoded`: the addon, which also says what is wrong with it. `more`: the head is too short. */
  readonly route: 'decoded' | 'foreign' | 'more';
  /** What was seen where the route is `foreign`: `an AVI file`. */
  readonly format: string;
  /** Of `decoded` media; 0 where their header is damaged. */
  readonly channels: number;
}

export interface NativeAudioInputClass {
  identifyFile(path: string): NativeJob<NativeMediaIdentity>;
  /** By the first bytes of a stream; `whole` when there are no more. Not empty. */
  identifyHead(head: Uint8Array, whole: boolean): NativeMediaIdentity;
  /** Opened and decoded on the call's thread. `channel` counts from 0, -1 = all of them, mixed. */
  fromFile(options: { readonly path: string; readonly channel: number }): NativeAudioInput;
  /**
   * Filled by `push(Float32Array)`, 16 kHz mono; `capacityS` seconds may wait in it. `durationS`
   * is for progress alone, -1 where it is not known.
   */
  pushSamples(options: {
    readonly capacityS: number;
    readonly durationS: number;
  }): NativeAudioInput;
  /** An encoded file, filled by `push(Uint8Array)`; `capacityBytes` may wait in it. */
  pushBytes(options: {
    readonly capacityBytes: number;
    readonly channel: number;
  }): NativeAudioInput;
}
