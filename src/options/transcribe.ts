import { z } from 'zod';
import { decodingShape } from './decoding.js';
import { channelsShape, checkClip, clipsShape, mediaShape } from './media.js';

// Attention takes the square of a window's length, and what a longer context wins is within chance:
// from 22 to 26 s tiny.en and base make the same errors in 309.6 s of English.
/** True where no window depends on another one, so that a call can skip those that are done. */
export function windowsAreApart({
  vad,
  conditionOnPreviousText,
  channels,
}: Pick<ParsedTranscribeOptions, 'vad' | 'conditionOnPreviousText' | 'channels'>): boolean {
  return vad !== false && !conditionOnPreviousText && channels === 'mix';
}

/** Longest windows, in s, of a call that leaves `windowS` unset. */
export const windowWhenUnset = { cpu: 24, other: 30 } as const;

// Why these numbers: whisper.cpp ends a speech segment after 100 ms of silence and pads it with
// 30 ms, which cuts phrases apart and clips soft consonants; faster-whisper waits 2000 ms and pads
// with 400, which leaves enough silence inside a window for the model to invent text. Pauses
// between sentences mostly last longer than half a second, and 200 ms cover the one to three
// 32 ms frames by which Silero lags behind an onset.
/** When a stretch of audio counts as speech: Silero's names and units. */
export const vadOptionsSchema = z
  .strictObject({
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Speech begins where its probability (0..1) reaches this; 0 takes all as speech'),
    negThreshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Speech ends where its probability (0..1) falls below this; at most the threshold. ' +
          'Unset: 0.15 below the threshold',
      ),
    minSpeechDurationMs: z
      .int32()
      .min(0)
      .max(60_000)
      .default(250)
      .describe('Speech shorter than this, in ms, is dropped; 0 keeps all'),
    maxSpeechDurationS: z
      .number()
      .min(1)
      .max(30)
      .default(30)
      .describe('Speech longer than this, in s, is cut at its quietest place'),
    minSilenceDurationMs: z
      .int32()
      .min(0)
      .max(60_000)
      .default(500)
      .describe('Silence must last this long, in ms, to end a speech segment; 0 ends it at once'),
    speechPadMs: z
      .int32()
      .min(0)
      .max(10_000)
      .default(200)
      .describe('Audio kept before and after each speech segment, in ms; 0 adds none'),
  })
  .check((context) => {
    const { threshold, negThreshold } = context.value;
    if (negThreshold === undefined || negThreshold <= threshold) return;
    context.issues.push({
      code: 'custom',
      input: negThreshold,
      path: ['negThreshold'],
      message: `${negThreshold} is above threshold (${threshold}); lower it or raise threshold`,
    });
  })
  .transform((vad) => ({
    ...vad,
    // Silero's own rule, so that a lower threshold given alone stays valid.
    negThreshold: vad.negThreshold ?? Math.max(0, roundTo(vad.threshold - 0.15)),
  }));

/** Options of `SpeechDetector.detectSpeech`, every one of them optional. */
export type VadOptions = z.input<typeof vadOptionsSchema>;
/** {@link VadOptions} with every default filled in. */
export type ParsedVadOptions = z.output<typeof vadOptionsSchema>;

/** What `Recognizer.transcribe` accepts beside the input. */
export const transcribeOptionsSchema = z
  .strictObject({
    ...mediaShape,
    ...clipsShape,
    ...channelsShape,
    language: z
      .string()
      .regex(
        /^(auto|[a-z]{2,3})$/u,
        "is not a language code; give one as Whisper's, e.g. en, or auto",
      )
      .default('auto')
      .describe(
        "Spoken language as Whisper's code (en, de, hi, …). auto: decided on the first 30 s of " +
          'speech; English-only models take en',
      )
      .meta({ group: 'Recognition' }),
    task: z
      .enum(['transcribe', 'translate'])
      .default('transcribe')
      .describe('transcribe writes what was spoken, translate writes it in English')
      .meta({ group: 'Recognition' }),
    wordTimestamps: z
      .boolean()
      .default(false)
      .describe('Gives each word its time')
      .meta({ group: 'Recognition' }),
    multilingual: z
      .boolean()
      .default(false)
      .describe('The language is decided for every window, where several are spoken in one file')
      .meta({ group: 'Recognition' }),
    windowS: z
      .number()
      .min(1)
      .max(30)
      .optional()
      .describe(
        'Longest stretch of audio decoded in one pass, in s; 30 is all a model can take. Unset: ' +
          `${windowWhenUnset.cpu} on a CPU, ${windowWhenUnset.other} on a GPU and without speech detection`,
      )
      .meta({ group: 'Recognition' }),
    ...decodingShape,
    vad: z
      .union([z.boolean(), vadOptionsSchema])
      .transform((vad) => (vad === true ? vadOptionsSchema.parse({}) : vad))
      // Not default(): zod 4.6 leaves that of a union with a transform out of its JSON schema.
      .prefault(true)
      .describe(
        'Skip what is not speech (Silero). false: all audio is decoded, in windows of windowS',
      )
      .meta({ group: 'Speech detection' }),
  })
  .check(checkClip);

/** Options of `Recognizer.transcribe`, every one of them optional. */
export type TranscribeOptions = z.input<typeof transcribeOptionsSchema>;
/** {@link TranscribeOptions} with every default filled in; `vad` is `false` or complete. */
export type ParsedTranscribeOptions = z.output<typeof transcribeOptionsSchema>;

function roundTo(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
