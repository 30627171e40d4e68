import { z } from 'zod';
import { CpwError } from '../errors.js';
import type { Segment, Transcript } from '../types.js';

const seconds = z.number().min(0);
const probability = z.number().min(0).max(1);

const wordSchema = z.strictObject({
  start: seconds,
  end: seconds,
  word: z.string(),
  probability,
});

const removedSchema = z.strictObject({
  start: seconds,
  end: seconds,
  text: z.string(),
  reason: z.string(),
  channel: z.exactOptional(z.int32().min(0)),
});

/** One segment of a {@link transcriptSchema}. */
export const segmentSchema = z.strictObject({
  id: z.int32().min(0),
  start: seconds,
  end: seconds,
  text: z.string(),
  avgLogprob: z.number().max(0).describe('Mean natural-log probability of the tokens'),
  noSpeechProb: probability.describe('How likely the model found the window to hold no speech'),
  confidence: probability.describe('exp(avgLogprob)'),
  // Absent from transcripts that were written before they were known.
  compressionRatio: z.number().min(0).default(0),
  temperature: z.number().min(0).default(0),
  pass: z.enum(['first', 'beam', 'full', 'sampled']).default('first'),
  language: z.exactOptional(z.string().min(1)),
  channel: z.exactOptional(z.int32().min(0)).describe('Counted from 0, with --channels split'),
  untranslated: z
    .exactOptional(z.boolean())
    .describe("True where a translation failed and the text is the source's"),
  words: z.exactOptional(z.array(wordSchema)),
});

/**
 * The shape of a transcript wherever it is kept as JSON, checked on writing and on reading: ids
 * count from 0, segments ascend, `start < end`, all inside what was read of the recording; words are monotone and
 * inside their segment.
 */
export const transcriptSchema = z
  .strictObject({
    language: z.string().min(1),
    languageProbability: probability,
    start: z.exactOptional(seconds),
    duration: seconds,
    clips: z
      .exactOptional(z.array(z.strictObject({ start: seconds, end: seconds })))
      .describe('What was read, with --clips'),
    segments: z.array(segmentSchema),
    removed: z.exactOptional(z.array(removedSchema)).describe('What was taken for invented'),
  })
  .check((context) => {
    for (const problem of orderProblems(context.value)) {
      context.issues.push({ code: 'custom', input: context.value, ...problem });
    }
  });

// Times are written with three decimals: half a millisecond may be rounded away.
const slackS = 0.001;

interface OrderProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function orderProblems(transcript: Transcript): readonly OrderProblem[] {
  const { start = 0, duration, segments } = transcript;
  return segments.flatMap((segment, index) => {
    const path = ['segments', index];
    const problems = spanProblems(segment, {
      after: segments[index - 1]?.start ?? start,
      before: start + duration,
    });
    if (segment.id !== index) problems.push(`id is ${segment.id}, not ${index}`);
    const ofWords = (segment.words ?? []).flatMap((word, at, words) => {
      const after = words[at - 1]?.end ?? segment.start;
      return spanProblems(word, { after, before: segment.end }).map((message) => ({
        path: [...path, 'words', at],
        message,
      }));
    });
    return [...problems.map((message) => ({ path, message })), ...ofWords];
  });
}

function spanProblems(span: Span, limits: { after: number; before: number }): string[] {
  const problems: string[] = [];
  const { start, end } = span;
  if (start >= end) problems.push(`start ${start} is not before end ${end}`);
  if (start < limits.after - slackS) problems.push(`start ${start} is before ${limits.after}`);
  if (end > limits.before + slackS) problems.push(`end ${end} is after ${limits.before}`);
  return problems;
}

/** The transcript that a JSON text holds. Throws CPW_INVALID_OPTIONS that says where it is wrong. */
export function parseTranscript(json: string, name = 'transcript'): Transcript {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new CpwError('CPW_INVALID_OPTIONS', `${name} is not JSON: ${String(cause)}`, { cause });
  }
  const result = transcriptSchema.safeParse(value);
  if (result.success) return result.data;
  throw new CpwError('CPW_INVALID_OPTIONS', `${name} is no transcript: ${summary(result.error)}`);
}

/** JSON of the transcript, times in seconds with three decimals. Throws CPW_INTERNAL when it breaks the schema. */
export function formatJson(transcript: Transcript): string {
  const result = transcriptSchema.safeParse(rounded(transcript));
  if (result.success) return `${JSON.stringify(result.data, null, 2)}\n`;
  const message = `the transcript to write breaks its own rules: ${summary(result.error)}`;
  throw new CpwError('CPW_INTERNAL', message, { stage: 'export' });
}

/**
 * The text of {@link formatJson} piece by piece, of a transcript whose segments were checked one by
 * one: a long one takes many times its size when it is held, checked and written as a whole.
 */
export async function* jsonPieces(
  transcript: Omit<Transcript, 'segments'>,
  segments: AsyncIterable<Segment>,
): AsyncGenerator<string, void> {
  const { segments: _, removed, ...head } = rounded({ ...transcript, segments: [] });
  const begin = JSON.stringify(head, null, 2).slice(0, -2);
  yield `${begin},\n  "segments": [`;
  let any = false;
  for await (const segment of segments) {
    const [one] = rounded({ ...transcript, segments: [segment] }).segments;
    const text = JSON.stringify(one, null, 2).replaceAll('\n', '\n    ');
    yield `${any ? ',' : ''}\n    ${text}`;
    any = true;
  }
  yield any ? '\n  ]' : ']';
  if (removed !== undefined) {
    yield `,\n  "removed": ${JSON.stringify(removed, null, 2).replaceAll('\n', '\n  ')}`;
  }
  yield '\n}\n';
}

/** The transcript with its times in whole milliseconds, none of them emptied by it. */
export function rounded(transcript: Transcript): Transcript {
  return {
    ...transcript,
    duration: round(transcript.duration),
    ...(transcript.clips ? { clips: transcript.clips.map(roundedSpan) } : {}),
    segments: transcript.segments.map((segment) => ({
      ...segment,
      ...roundedSpan(segment),
      ...(segment.words
        ? { words: segment.words.map((word) => ({ ...word, ...roundedSpan(word) })) }
        : {}),
    })),
  };
}

function roundedSpan({ start, end }: Span): Span {
  const from = round(start);
  const to = round(end);
  // A span of less than a millisecond keeps its digits: empty ones are no use to a reader.
  return from < to ? { start: from, end: to } : { start, end };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function summary(error: z.ZodError): string {
  const shown = error.issues.slice(0, 5).map(({ path, message }) => {
    return `${path.map(String).join('.')}: ${message}`;
  });
  const more = error.issues.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
