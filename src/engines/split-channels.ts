import type { RemovedText, Segment, Transcript } from '../types.js';
import type { TranscribeContext } from './transcription.js';

/** Transcribes one channel, counted from 0. */
export type TranscribeChannel = (
  channel: number,
  context: TranscribeContext,
) => Promise<Transcript>;

/**
 * Runs all channels at once and merges their segments by time, each with its channel. One that fails
 * stops the others. Segments are told as soon as no channel can come with an earlier one.
 */
export async function splitChannels(
  count: number,
  run: TranscribeChannel,
  context: TranscribeContext,
): Promise<Transcript> {
  const { signal, onProgress, onNote, onSegment } = context;
  const failed = new AbortController();
  const signals = signal === undefined ? [failed.signal] : [signal, failed.signal];
  const merge = createMerge(count, onSegment);
  const done = Array.from({ length: count }, () => 0);
  const progress = (channel: number, fraction: number): void => {
    done[channel] = fraction;
    onProgress?.(done.reduce((sum, one) => sum + one, 0) / count);
  };
  const runOne = async (channel: number): Promise<Transcript> => {
    const transcript = await run(channel, {
      signal: AbortSignal.any(signals),
      onSegment: (segment) => merge.add(channel, segment),
      onProgress: (fraction) => progress(channel, fraction),
      // The others meet the same.
      ...(channel === 0 && onNote !== undefined ? { onNote } : {}),
    });
    merge.end(channel);
    return transcript;
  };
  const runs = Array.from({ length: count }, (_, channel) =>
    runOne(channel).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(runs);
  signal?.throwIfAborted();
  failed.signal.throwIfAborted();
  const transcripts = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return mergedTranscript(transcripts, merge.segments);
}

interface Merge {
  readonly segments: readonly Segment[];
  add(channel: number, segment: Segment): void;
  /** The channel has no more segments. */
  end(channel: number): void;
}

/** Orders the segments of several channels, each of which comes in order, by their starts. */
function createMerge(count: number, onSegment: TranscribeContext['onSegment']): Merge {
  const waiting = Array.from({ length: count }, (): Segment[] => []);
  const open = new Set(waiting.keys());
  const segments: Segment[] = [];
  const release = (): void => {
    for (;;) {
      if ([...open].some((channel) => waiting[channel]?.length === 0)) return;
      const first = waiting
        .flatMap((queue) => queue.slice(0, 1))
        .reduce<Segment | undefined>(
          (best, one) => (best === undefined || one.start < best.start ? one : best),
          undefined,
        );
      if (first?.channel === undefined) return;
      waiting[first.channel]?.shift();
      const segment = { ...first, id: segments.length };
      segments.push(segment);
      onSegment?.(segment);
    }
  };
  return {
    segments,
    add: (channel, segment) => {
      waiting[channel]?.push({ ...segment, channel });
      release();
    },
    end: (channel) => {
      open.delete(channel);
      release();
    },
  };
}

function mergedTranscript(
  transcripts: readonly Transcript[],
  segments: readonly Segment[],
): Transcript {
  // The one in which most was said tells the language of the whole.
  const main = [...transcripts].sort((a, b) => textOf(b) - textOf(a))[0];
  if (main === undefined) return { language: '', languageProbability: 0, duration: 0, segments };
  const { removed: _, ...rest } = main;
  const several = new Set(transcripts.map(({ language }) => language)).size > 1;
  const withLanguage = (segment: Segment): Segment => {
    const language = segment.language ?? transcripts[segment.channel ?? 0]?.language;
    return language === undefined || language === '' ? segment : { ...segment, language };
  };
  const removed = transcripts
    .flatMap(({ removed: of = [] }, channel) => of.map((one): RemovedText => ({ ...one, channel })))
    .sort((a, b) => a.start - b.start);
  return {
    ...rest,
    duration: Math.max(...transcripts.map(({ duration }) => duration)),
    segments: several ? segments.map(withLanguage) : segments,
    ...(removed.length > 0 ? { removed } : {}),
  };
}

function textOf({ segments }: Transcript): number {
  return segments.reduce((sum, { text }) => sum + text.length, 0);
}
