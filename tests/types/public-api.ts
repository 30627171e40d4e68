// Checked by tsc and never run: what users see of the types.
import { Readable } from 'node:stream';
import {
  checkCues,
  cuesOf,
  ModelPool,
  parseSubtitles,
  placeTranslation,
  sentencesOf,
  streamCues,
  Recognizer,
  SpeechDetector,
  type AudioInput,
  type CpwError,
  type Cue,
  type CueViolation,
  type ErrorCode,
  type PooledModel,
  type PooledRecognizer,
  type ReadClip,
  type RecognizerOptions,
  type Segment,
  type Sentence,
  type SpeechSegment,
  type TranscribeOptions,
  type Transcript,
  type VadOptions,
} from '../../src/index.js';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile unless the two types are the same. */
function same<A, B>(..._proof: Equal<A, B> extends true ? [] : [never]): void {}

// Options: all of them may be left out, and they have these types.
const noLoadOptions: RecognizerOptions = {};
const noOptions: TranscribeOptions = {};
const noVad: VadOptions = {};
void [noLoadOptions, noOptions, noVad];

same<RecognizerOptions['threads'], number | 'auto' | undefined>();
same<RecognizerOptions['engine'], 'auto' | 'whisper' | 'ctranslate2' | undefined>();
same<RecognizerOptions['device'], 'auto' | 'cpu' | 'cuda' | 'metal' | 'mps' | undefined>();
same<RecognizerOptions['download'], 'auto' | 'never' | undefined>();
same<TranscribeOptions['task'], 'transcribe' | 'translate' | undefined>();
same<TranscribeOptions['language'], string | undefined>();
same<TranscribeOptions['beamSize'], number | undefined>();
same<TranscribeOptions['vad'], boolean | VadOptions | undefined>();
same<VadOptions['speechPadMs'], number | undefined>();
same<TranscribeOptions['channels'], 'mix' | 'split' | undefined>();
same<Segment['channel'], number | undefined>();
same<NonNullable<Transcript['clips']>[number], ReadClip>();
const clips: TranscribeOptions = { clips: ['10-20', { start: '1:05', end: 90 }, '2:00-'] };
// @ts-expect-error a clip has a start
const endless: TranscribeOptions = { clips: [{ end: 90 }] };
void [clips, endless];

// @ts-expect-error misspelt options do not compile
const misspelt: TranscribeOptions = { beemSize: 3 };
// @ts-expect-error numbers are numbers
const textual: VadOptions = { threshold: '0.5' };
// @ts-expect-error a task is one of two
const unknownTask: TranscribeOptions = { task: 'summarise' };
void [misspelt, textual, unknownTask];

// Every kind of input is accepted, and nothing else.
const inputs: AudioInput[] = [
  'talk.wav',
  new URL('file:///talk.wav'),
  new Uint8Array(1),
  Buffer.alloc(1),
  new Float32Array(1),
  (async function* () {
    yield new Uint8Array(1);
  })(),
  (async function* () {
    yield new Float32Array(1);
  })(),
];
// @ts-expect-error samples are 32-bit floats
const doubles: AudioInput = new Float64Array(1);
void [inputs, doubles];

export async function usage(signal: AbortSignal): Promise<void> {
  // A Readable's chunks have no type of their own; it must still be accepted.
  const stream: Readable = Readable.from([]);
  await using recognizer = await Recognizer.load('base', { device: 'mps' }, { signal });
  same<typeof recognizer, Recognizer>();
  same<typeof recognizer.info.device, 'cpu' | 'cuda' | 'metal'>();

  const transcript = await recognizer.transcribe(
    stream,
    { vad: { threshold: 0.6 } },
    {
      signal,
      onProgress: (fraction) => same<typeof fraction, number>(),
      onSegment: (segment) => same<typeof segment, Segment>(),
    },
  );
  same<typeof transcript, Transcript>();
  for await (const segment of recognizer.transcribe(new Float32Array(16_000))) {
    same<typeof segment, Segment>();
  }
  const [best] = await recognizer.detectLanguage('talk.wav');
  same<typeof best, { readonly language: string; readonly probability: number } | undefined>();

  // @ts-expect-error results are read-only
  transcript.segments[0] = transcript.segments[1];
  // @ts-expect-error the path of the model is not optional
  await Recognizer.load();

  await using detector = await SpeechDetector.load();
  const spans = await detector.detectSpeech('talk.wav', { minSilenceDurationMs: 100 });
  same<typeof spans, readonly SpeechSegment[]>();
}

export function errors(error: CpwError): void {
  same<typeof error.code, ErrorCode>();
  same<Extract<ErrorCode, 'CPW_INVALID_OPTIONS'>, 'CPW_INVALID_OPTIONS'>();
  same<typeof error.transient, boolean>();
}

export async function pooled(signal: AbortSignal): Promise<void> {
  await using pool = new ModelPool({ idleS: 60, maxBytes: 4e9 });
  await using handle = await pool.acquire('base', { engine: 'whisper' }, { signal });
  same<typeof handle, PooledRecognizer>();
  same<Awaited<ReturnType<typeof handle.transcribe>>, Transcript>();
  same<(typeof pool.models)[number], PooledModel>();
  // @ts-expect-error a pool has no such option
  void new ModelPool({ models: 3 });
}

export async function subtitles(segments: readonly Segment[]): Promise<void> {
  same<ReturnType<typeof cuesOf>, readonly Cue[]>();
  const violations = checkCues(parseSubtitles('', { name: 'a.srt' }), { lines: 1 });
  for await (const cue of streamCues(segments)) same<typeof cue, Cue>();
  for await (const sentence of sentencesOf(segments, 'en')) {
    same<typeof sentence, Sentence>();
    same<ReturnType<typeof placeTranslation>, Segment>();
    placeTranslation(sentence, { text: 'hola', alignment: [[0, 0]] }, 'es');
  }
  same<typeof violations, readonly CueViolation[]>();
  // @ts-expect-error misspelt rules do not compile
  cuesOf(segments, { lineLength: 40 });
}
