import { z } from 'zod';
import { segmentSchema, transcriptSchema } from '../export/transcript-schema.js';
import type { Segment } from '../types.js';
import type {
  BytesArtefact,
  FilesArtefact,
  InputOf,
  ItemsArtefact,
  JsonArtefact,
} from './artefact.js';

const { language, languageProbability, start, duration, clips, removed } = transcriptSchema.shape;

/** The media file that the job is about. */
export const media: BytesArtefact = { kind: 'bytes', name: 'media', file: 'media' };

/** Its sound as the recogniser reads it; the media file itself where it needs no demuxing. */
export const audio: BytesArtefact = { kind: 'bytes', name: 'audio', file: 'audio.wav' };

const speechSchema = z.strictObject({
  segments: z.array(z.strictObject({ start: z.number().min(0), end: z.number().min(0) })),
});

/** Where somebody speaks. */
export const speech: JsonArtefact<z.output<typeof speechSchema>> = {
  kind: 'json',
  name: 'speech',
  file: 'vad.json',
  schema: speechSchema,
};

const headSchema = z.strictObject({ language, languageProbability, start });
const tailSchema = z.strictObject({ duration, clips, removed });

/** What is known of a transcript before its first segment. */
export type SegmentsHead = z.output<typeof headSchema>;
/** What is known of it after the last. */
export type SegmentsTail = z.output<typeof tailSchema>;
/** One segment. */
export type SegmentItem = z.output<typeof segmentSchema>;

type Segments = ItemsArtefact<SegmentsHead, SegmentItem, SegmentsTail>;
const file = { kind: 'items', name: 'segments', file: 'segments.json', key: 'segments' } as const;
const shape = { head: headSchema, item: segmentSchema, tail: tailSchema };

/**
 * The transcript as it was heard: segments in order, `start < end`, while the times of words are
 * still what the engine said.
 */
export const heardSegments: Segments = { ...file, ...shape, follows: segmentProblem };

/**
 * The transcript, one shape everywhere: `{ language, languageProbability, duration, segments }`. It
 * is what `transcriptSchema` says, checked segment by segment, words too: monotone, inside their
 * segment, longer than zero.
 */
export const segments: Segments = {
  ...file,
  ...shape,
  follows: (item, before) => segmentProblem(item, before) ?? wordProblem(item),
};

// Times are written with three decimals: half a millisecond may be rounded away.
const slackS = 0.001;

function segmentProblem(item: SegmentItem, before: SegmentItem | undefined): string | undefined {
  if (item.id !== (before?.id ?? -1) + 1) {
    return `id is ${item.id} behind ${before?.id ?? 'the beginning'}`;
  }
  if (item.start >= item.end) return `start ${item.start} is not before end ${item.end}`;
  if (before !== undefined && item.start < before.start - slackS) {
    return `start ${item.start} is before ${before.start}`;
  }
  return undefined;
}

function wordProblem({ start, end, words = [] }: SegmentItem): string | undefined {
  let free = start;
  for (const word of words) {
    const span = `word ${JSON.stringify(word.word)} (${word.start}–${word.end})`;
    if (word.start >= word.end) return `${span} has no length`;
    if (word.start < free - slackS) return `${span} begins before ${free}`;
    if (word.end > end + slackS) return `${span} ends after its segment, at ${end}`;
    free = word.end;
  }
  return undefined;
}

const translationItemSchema = z.strictObject({
  id: z.int32().min(0),
  start: z.number().min(0),
  end: z.number().min(0),
  text: z.string(),
  translations: z.record(z.string(), segmentSchema).describe('By language'),
});
const translationHeadSchema = z.strictObject({
  source: z.string().min(1),
  targets: z.array(z.string().min(1)),
});

/** A sentence in the target languages. */
export type TranslationItem = z.output<typeof translationItemSchema>;

/**
 * Each sentence in every target language, in order, as a segment of its own: the times of its words
 * are estimated, and what could not be translated is marked.
 */
export const translations: ItemsArtefact<
  z.output<typeof translationHeadSchema>,
  TranslationItem,
  Record<string, never>
> = {
  kind: 'items',
  name: 'translations',
  file: 'translations.json',
  key: 'sentences',
  head: translationHeadSchema,
  item: translationItemSchema,
  tail: z.strictObject({}),
};

/** Tables of terms and names: `about.kind` is `terms` or `names`. */
export const glossary: FilesArtefact = { kind: 'files', name: 'glossary' };
/** What came of a glossary's terms, a file for each language. */
export const glossaryReports: FilesArtefact = { kind: 'files', name: 'glossary_reports' };
/** A table of the names of cast and crew. */
export const names: FilesArtefact = { kind: 'files', name: 'names' };
/** Subtitle files, `about.language` each. */
export const subtitles: FilesArtefact = { kind: 'files', name: 'subtitles' };
/** The rules that subtitles do not keep, a file for each language. */
export const subtitleReports: FilesArtefact = { kind: 'files', name: 'subtitle_reports' };
/** Transcript files. */
export const transcripts: FilesArtefact = { kind: 'files', name: 'transcripts' };
/** The media with its subtitles. */
export const muxed: FilesArtefact = { kind: 'files', name: 'muxed' };

/** One language's text of a job. */
export interface LanguageText {
  readonly language: string;
  /** From the first one on, each time it is asked. */
  readonly segments: () => AsyncIterable<Segment>;
}

/** The text that was heard, and after it what was translated of it. */
export async function textsOf(
  heard: InputOf<typeof segments>,
  translated: InputOf<typeof translations> | undefined,
): Promise<readonly LanguageText[]> {
  const { language } = await heard.head();
  const spoken = { language, segments: () => heard.items() };
  const { targets = [] } = (await translated?.head()) ?? {};
  return [spoken, ...targets.map((target) => textIn(target, translated))];
}

function textIn(
  language: string,
  translated: InputOf<typeof translations> | undefined,
): LanguageText {
  async function* segmentsOf(): AsyncGenerator<Segment, void> {
    if (translated === undefined) return;
    for await (const { translations: placed } of translated.items()) {
      const segment = placed[language];
      if (segment !== undefined) yield segment;
    }
  }
  return { language, segments: segmentsOf };
}
