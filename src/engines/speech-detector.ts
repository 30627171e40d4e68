import { openInput, type AudioInput } from '../media/input.js';
import { ensureSpeechDetector } from '../models/ensure-model.js';
import { resolveSpeechDetector } from '../models/store.js';
import type { NativeSpeechDetector } from '../native/addon.js';
import { runCall, runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import { mediaOptionsSchema, type MediaOptions } from '../options/media.js';
import { parseOptions } from '../options/parse.js';
import {
  speechDetectorOptionsSchema,
  type SpeechDetectorOptions,
} from '../options/speech-detector.js';
import type { LoadContext } from './load-recognizer.js';
import { vadOptionsSchema, type VadOptions } from '../options/transcribe.js';
import type { SpeechSegment } from '../types.js';

/** Finds speech in audio with Silero VAD. One instance serves any number of calls at once. */
export class SpeechDetector {
  readonly #native: NativeSpeechDetector;

  private constructor(native: NativeSpeechDetector) {
    this.#native = native;
  }

  /**
   * Loads `silero-vad`, which is fetched where it is missing (885 kB; `download: 'never'` forbids
   * it), or the ggml file at `path`. Throws CPW_MODEL_NOT_FOUND, CPW_MODEL_INCOMPATIBLE,
   * CPW_DOWNLOAD_FAILED.
   */
  static async load(
    options: SpeechDetectorOptions = {},
    context: LoadContext = {},
  ): Promise<SpeechDetector> {
    const parsed = parseOptions(speechDetectorOptionsSchema, options, {
      subject: 'SpeechDetector.load',
    });
    const { modelsDir: root, download } = parsed;
    if (parsed.path === undefined) await ensureSpeechDetector({ ...context, root, download });
    const path = await resolveSpeechDetector(root, parsed.path);
    const addon = loadAddon();
    const native = await runJob(() => addon.SpeechDetector.load({ path }), context.signal);
    return new SpeechDetector(native);
  }

  /** @internal For recognisers. */
  get native(): NativeSpeechDetector {
    return this.#native;
  }

  /**
   * The spans of speech, ascending, without overlap. Throws CPW_UNSUPPORTED_MEDIA,
   * CPW_MEDIA_TOOL_FAILED, CPW_FILE_NOT_FOUND, CPW_INVALID_OPTIONS, CPW_CLOSED.
   */
  async detectSpeech(
    input: AudioInput,
    options: VadOptions & MediaOptions = {},
    context: {
      readonly signal?: AbortSignal;
      readonly onProgress?: (fraction: number) => void;
      readonly onNote?: (text: string) => void;
    } = {},
  ): Promise<readonly SpeechSegment[]> {
    const { start, end, audioTrack, ffmpeg, ...vadOptions } = options;
    const vad = parseOptions(vadOptionsSchema, vadOptions, { subject: 'detectSpeech' });
    const media = parseOptions(
      mediaOptionsSchema,
      { start, end, audioTrack, ffmpeg },
      { subject: 'detectSpeech' },
    );
    const { signal, onProgress, onNote } = context;
    signal?.throwIfAborted();
    const opened = await openInput(loadAddon(), input, { media, signal, onNote });
    const callbacks = onProgress ? { onProgress } : {};
    return runCall(() => this.#native.detectSpeech(opened.native, vad, callbacks), opened, signal);
  }

  /** Frees the model once running calls have ended; later calls throw CPW_CLOSED. */
  close(): void {
    this.#native.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
