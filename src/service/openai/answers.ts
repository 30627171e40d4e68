import { cuesOf, formatSrt, formatVtt, type Segment, type Transcript } from 'cpw-native';
import { z } from 'zod';
import type { TranscriptionFields } from './fields.js';
import { joinedText } from './joined-text.js';

const usageSchema = z.object({ type: z.literal('duration'), seconds: z.number() });

/** The answer as json. */
export const jsonAnswerSchema = z.object({ text: z.string(), usage: usageSchema.optional() });

const segmentSchema = z.object({
  id: z.int(),
  seek: z.int().describe('Where it begins, in hundredths of a second'),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  tokens: z.array(z.int()).describe('Empty: not told'),
  temperature: z.number(),
  avg_logprob: z.number(),
  compression_ratio: z.number(),
  no_speech_prob: z.number(),
});

/** The answer as verbose_json. */
export const verboseAnswerSchema = z.object({
  task: z.enum(['transcribe', 'translate']),
  language: z.string().describe('In English, e.g. english'),
  duration: z.number(),
  text: z.string(),
  segments: z.array(segmentSchema).optional(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  usage: usageSchema,
});

/** The body of an answer and what it is. */
export interface Answer {
  readonly type: string;
  readonly body: string | object;
}

/** The types of the answers that are text. */
export const textTypes = {
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
} as const;

const json = 'application/json; charset=utf-8';

/** A transcript in the form that was asked for. */
export function answerOf(
  transcript: Transcript,
  fields: TranscriptionFields,
  task: 'transcribe' | 'translate',
): Answer {
  const { response_format: format } = fields;
  const { segments, language } = transcript;
  if (format === 'json') return { type: json, body: jsonAnswer(transcript, task) };
  if (format === 'verbose_json')
    return { type: json, body: verboseAnswer(transcript, fields, task) };
  const type = textTypes[format];
  if (format === 'text') return { type, body: `${joinedText(segments)}\n` };
  const cues = cuesOf(segments, {}, { language: task === 'translate' ? 'en' : language });
  return { type, body: format === 'srt' ? formatSrt(cues) : formatVtt(cues) };
}

function jsonAnswer(
  { segments, duration }: Transcript,
  task: 'transcribe' | 'translate',
): z.output<typeof jsonAnswerSchema> {
  const text = joinedText(segments);
  return task === 'translate' ? { text } : { text, usage: usageOf(duration) };
}

function verboseAnswer(
  { segments, duration, language }: Transcript,
  fields: TranscriptionFields,
  task: 'transcribe' | 'translate',
): z.output<typeof verboseAnswerSchema> {
  const granularities = fields['timestamp_granularities[]'] ?? ['segment'];
  const words = segments.flatMap((segment) => segment.words ?? []);
  return {
    task,
    language: task === 'translate' ? 'english' : languageName(language),
    duration: ms(duration),
    text: joinedText(segments),
    ...(granularities.includes('segment') ? { segments: segments.map(segmentAnswer) } : {}),
    ...(granularities.includes('word')
      ? { words: words.map(({ word, start, end }) => ({ word, start: ms(start), end: ms(end) })) }
      : {}),
    usage: usageOf(duration),
  };
}

function segmentAnswer(segment: Segment): z.output<typeof segmentSchema> {
  const { id, start, end, text, temperature } = segment;
  return {
    id,
    seek: Math.round(start * 100),
    start: ms(start),
    end: ms(end),
    text,
    tokens: [],
    temperature,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProb,
  };
}

/** Seconds in whole milliseconds: sums of floats are no news. */
function ms(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** OpenAI counts begun seconds. */
export function usageOf(duration: number): z.output<typeof usageSchema> {
  return { type: 'duration', seconds: Math.ceil(duration) };
}

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

/** Whisper's code of Javanese is none. */
function languageName(code: string): string {
  return (names.of(code === 'jw' ? 'jv' : code) ?? code).toLowerCase();
}
