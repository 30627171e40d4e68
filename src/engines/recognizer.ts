import { countChannels } from '../media/channels.js';
import { openInput, type AudioInput } from '../media/input.js';
import type {
  NativeRecognizer,
  NativeSegment,
  NativeTranscribeOptions,
  NativeTranscript,
} from '../native/addon.js';
import { runCall } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import type { MediaOptions } from '../options/media.js';
import { optionsError, parseOptions } from '../options/parse.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import { beamWhenUnset } from '../options/decoding.js';
import {
  transcribeOptionsSchema,
  windowsAreApart,
  windowWhenUnset,
  type ParsedTranscribeOptions,
  type TranscribeOptions,
} from '../options/transcribe.js';
import type { LanguageScore, ModelInfo, Segment, Transcript } from '../types.js';
import {
  loadPrepared,
  prepareRecognizer,
  type LoadContext,
  type PreparedRecognizer,
} from './load-recognizer.js';
import { ensureSpeechDetector, type EnsureOptions } from '../models/ensure-model.js';
import { SpeechDetector } from './speech-detector.js';
import { splitChannels, type TranscribeChannel } from './split-channels.js';
import { startTranscription, type TranscribeContext, type Transcription } from './transcription.js';

/** What a loaded recogniser says of itself. */
export interface RecognizerInfo extends ModelInfo {
  /** The model file or folder. */
  readonly path: string;
  /** Why this engine, device and form of the model were chosen. */
  readonly reason: string;
}

/** A Whisper model in memory. Any number of calls may run at once; they share its weights. */
export class Recognizer {
  readonly info: RecognizerInfo;
  readonly #native: NativeRecognizer;
  readonly #store: EnsureOptions;
  #detector: Promise<SpeechDetector> | undefined;
  #closed = false;

  private constructor(native: NativeRecognizer, info: RecognizerInfo, store: EnsureOptions) {
    this.#native = native;
    this.info = info;
    this.#store = store;
  }

  /**
   * Loads a model off the JavaScript thread. `model` is a name, a ggml file or a CTranslate2
   * folder. A known name that is not installed is fetched first (`download: 'never'` forbids it),
   * and so is the speech detector by the first call that needs it. Throws CPW_MODEL_NOT_FOUND,
   * CPW_MODEL_INCOMPATIBLE, CPW_DOWNLOAD_FAILED, CPW_UNSUPPORTED_DEVICE, CPW_INVALID_OPTIONS,
   * CPW_OUT_OF_MEMORY.
   */
  static async load(
    model: string,
    options: RecognizerOptions = {},
    context: LoadContext = {},
  ): Promise<Recognizer> {
    return Recognizer.open(await prepareRecognizer(model, options, context), context.signal);
  }

  /** @internal For pools. */
  static async open(prepared: PreparedRecognizer, signal?: AbortSignal): Promise<Recognizer> {
    const { native, path, reason, store } = await loadPrepared(prepared, signal);
    return new Recognizer(native, { ...native.info, path, reason }, store);
  }

  /**
   * Transcribes one input. Await the result for the whole transcript, or iterate it for segments as
   * they come. Throws CPW_FILE_NOT_FOUND, CPW_UNSUPPORTED_MEDIA, CPW_MEDIA_TOOL_FAILED,
   * CPW_UNSUPPORTED_LANGUAGE, CPW_INVALID_OPTIONS, CPW_INFERENCE_FAILED, CPW_CLOSED.
   */
  transcribe(
    input: AudioInput,
    options: TranscribeOptions = {},
    context: TranscribeContext = {},
  ): Transcription {
    return startTranscription((inner) => this.#transcribe(input, options, inner), context);
  }

  /** The spoken language by the first 30 s of speech, most probable first. */
  async detectLanguage(
    input: AudioInput,
    options: Pick<TranscribeOptions, 'vad'> & MediaOptions = {},
    context: Pick<TranscribeContext, 'signal' | 'onNote'> = {},
  ): Promise<readonly LanguageScore[]> {
    const media = parseOptions(transcribeOptionsSchema, options, { subject: 'detectLanguage' });
    const { vad } = media;
    const { signal, onNote } = context;
    signal?.throwIfAborted();
    const detector = vad === false ? null : (await this.#speechDetector(signal)).native;
    const opened = await openInput(loadAddon(), input, { media, signal, onNote });
    const start = () =>
      this.#native.detectLanguage(opened.native, detector, vad === false ? null : vad);
    return runCall(start, opened, signal);
  }

  /** Frees the model once running calls have ended; later calls throw CPW_CLOSED. */
  close(): void {
    this.#closed = true;
    this.#native.close();
    void this.#detector?.then((detector) => detector.close()).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #transcribe(
    input: AudioInput,
    options: TranscribeOptions,
    context: TranscribeContext,
  ): Promise<Transcript> {
    const parsed = parseOptions(transcribeOptionsSchema, options, { subject: 'transcribe' });
    const { signal, onNote } = context;
    signal?.throwIfAborted();
    checkResume(parsed, context);
    if (parsed.channels === 'mix') return this.#read(input, parsed, context);
    const count = await countChannels(loadAddon(), input, { media: parsed, signal });
    if (count > 1) {
      const run: TranscribeChannel = (channel, inner) =>
        this.#read(input, parsed, { ...inner, channel });
      return splitChannels(count, run, context);
    }
    onNote?.('The input has one channel, so that channels: split has nothing to split');
    return this.#read(input, parsed, context);
  }

  /** Transcribes all channels mixed, or one of them. */
  async #read(
    input: AudioInput,
    parsed: ParsedTranscribeOptions,
    context: TranscribeContext & { readonly channel?: number },
  ): Promise<Transcript> {
    const { signal, onProgress, onNote, channel, resumeS = 0 } = context;
    const useDetector = parsed.vad !== false && !this.#closed;
    const detector = useDetector ? (await this.#speechDetector(signal)).native : null;
    const media = withClips(parsed);
    const { clips } = parsed;
    const opened = await openInput(loadAddon(), input, { media, clips, channel, signal, onNote });
    const segments: Segment[] = [];
    const onSegment = (native: NativeSegment): void => {
      const segment = toSegment(native, segments.length);
      segments.push(segment);
      context.onSegment?.(segment);
    };
    const callbacks = onProgress ? { onSegment, onProgress } : { onSegment };
    const native = { ...toNative(parsed, this.info), resumeS };
    const start = () => this.#native.transcribe(opened.native, detector, native, callbacks);
    const heard = await runCall(start, opened, signal);
    if (heard.damage !== '') onNote?.(heard.damage);
    return toTranscript(heard, media, segments);
  }

  /** One detector for all calls, loaded at the first that needs it. */
  async #speechDetector(signal: AbortSignal | undefined): Promise<SpeechDetector> {
    const { root } = this.#store;
    // Fetched under the call's own signal: the loading that follows is shared by all calls.
    if (this.#detector === undefined) await ensureSpeechDetector({ ...this.#store, signal });
    const modelsDir = root === undefined ? {} : { modelsDir: root };
    this.#detector ??= SpeechDetector.load({ ...modelsDir, download: 'never' });
    try {
      return await this.#detector;
    } catch (error) {
      this.#detector = undefined; // the next call may find what is missing now
      throw error;
    }
  }
}

/** Throws CPW_INVALID_OPTIONS where windows depend on each other, or channels come at the same time. */
function checkResume(options: ParsedTranscribeOptions, { resumeS }: TranscribeContext): void {
  if (resumeS === undefined) return;
  const apart = windowsAreApart(options);
  if (apart && Number.isFinite(resumeS) && resumeS >= 0) return;
  const message = apart
    ? `${resumeS} is no time; give seconds of the recording`
    : 'cannot be used without vad, with conditionOnPreviousText or with channels: split';
  throw optionsError([{ option: 'resumeS', message }], 'transcribe');
}

function toSegment(native: NativeSegment, id: number): Segment {
  return { id, ...native, confidence: Math.min(1, Math.exp(native.avgLogprob)) };
}

/** The options with the span of all clips for `start` and `end`, where there are clips. */
function withClips(options: ParsedTranscribeOptions): ParsedTranscribeOptions {
  const { clips } = options;
  if (clips === undefined) return options;
  return { ...options, start: clips[0]?.start ?? 0, end: clips.at(-1)?.end };
}

function toTranscript(
  { language, languageProbability, duration, removed }: NativeTranscript,
  { start, clips }: ParsedTranscribeOptions,
  segments: readonly Segment[],
): Transcript {
  // Only the last clip may reach beyond the audio.
  const read = clips?.map((clip) => ({
    start: clip.start,
    end: Math.min(clip.end ?? Infinity, start + duration),
  }));
  return {
    language,
    languageProbability,
    ...(start > 0 ? { start } : {}),
    duration,
    ...(read === undefined ? {} : { clips: read }),
    segments,
    ...(removed.length > 0 ? { removed } : {}),
  };
}

function toNative(
  options: ParsedTranscribeOptions,
  { engine, device }: ModelInfo,
): Omit<NativeTranscribeOptions, 'resumeS'> {
  const { language, task, beamSize, temperature, windowS, vad } = options;
  return {
    language: language === 'auto' ? '' : language,
    translate: task === 'translate',
    beamSize: beamSize ?? beamWhenUnset.first[engine],
    retryBeamSize: beamSize === undefined ? beamWhenUnset.retry : 0,
    patience: options.patience,
    lengthPenalty: options.lengthPenalty,
    repetitionPenalty: options.repetitionPenalty,
    noRepeatNgramSize: options.noRepeatNgramSize,
    temperatures: temperature,
    bestOf: options.bestOf,
    compressionRatioThreshold: options.compressionRatioThreshold,
    logProbThreshold: options.logProbThreshold,
    noSpeechThreshold: options.noSpeechThreshold,
    conditionOnPreviousText: options.conditionOnPreviousText,
    initialPrompt: options.initialPrompt,
    hotwords: options.hotwords,
    prefix: options.prefix,
    suppressTokens: options.suppressTokens,
    wordTimestamps: options.wordTimestamps,
    multilingual: options.multilingual,
    // Windows without speech detection seek by the last time token, as Whisper was trained to.
    windowS:
      windowS ?? (device === 'cpu' && vad !== false ? windowWhenUnset.cpu : windowWhenUnset.other),
    vad: vad === false ? null : vad,
  };
}
