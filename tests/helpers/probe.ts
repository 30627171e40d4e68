import type {
  NativeJobCallbacks,
  NativeProbeOptions,
  NativeRecognizer,
  NativeTranscribeOptions,
  NativeTranscript,
} from '../../src/native/addon.js';
import { runCall, runJob } from '../../src/native/handle.js';
import { loadAddon } from '../../src/native/load.js';
import { openInput, type AudioInput } from '../../src/media/input.js';
import { mediaOptionsSchema, type MediaOptions } from '../../src/options/media.js';
import { parseOptions } from '../../src/options/parse.js';

/** A complete options object, as TypeScript hands it to the addon. */
export const probeOptions: NativeTranscribeOptions = Object.freeze({
  language: 'en',
  translate: false,
  beamSize: 1,
  retryBeamSize: 0,
  patience: 1,
  lengthPenalty: 1,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  temperatures: [0],
  bestOf: 5,
  compressionRatioThreshold: 2.4,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
  conditionOnPreviousText: false,
  initialPrompt: '',
  hotwords: '',
  prefix: '',
  suppressTokens: [-1],
  wordTimestamps: false,
  multilingual: false,
  windowS: 30,
  resumeS: 0,
  vad: null,
});

/** Loads the scripted engine. */
export function loadProbe(options: Partial<NativeProbeOptions> = {}): Promise<NativeRecognizer> {
  const all = { replicas: 1, loadMs: 0, windowMs: 5, failAtWindow: -1, ...options };
  return runJob(() => loadAddon().ProbeRecognizer.load(all));
}

/** Transcribes with the scripted engine: one segment a window. */
export async function probe(
  recognizer: NativeRecognizer,
  input: AudioInput,
  context: NativeJobCallbacks & {
    readonly signal?: AbortSignal;
    readonly media?: MediaOptions;
    readonly onNote?: (text: string) => void;
  } = {},
): Promise<NativeTranscript> {
  const { signal, media = {}, onNote, ...callbacks } = context;
  const parsed = parseOptions(mediaOptionsSchema, media, { subject: 'probe' });
  const opened = await openInput(loadAddon(), input, { media: parsed, signal, onNote });
  return runCall(
    () => recognizer.transcribe(opened.native, null, probeOptions, callbacks),
    opened,
    signal,
  );
}

/** Audible but meaningless samples: a 220 Hz tone. */
export function tone(seconds: number): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * 16_000) },
    (_, i) => 0.1 * Math.sin((2 * Math.PI * 220 * i) / 16_000),
  );
}
