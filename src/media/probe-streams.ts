import { z } from 'zod';
import { fileArgument, mediaToolFailed } from './ffmpeg-errors.js';
import { runProgram } from './program.js';
import { notStarted, type MediaTools } from './tools.js';

/** One stream of a file, whatever it holds. */
export interface MediaStream {
  /** ffmpeg's number, counted from 0 over all kinds. */
  readonly index: number;
  /** A cover picture and an attached file are kinds of their own. */
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment' | 'cover' | 'unknown';
  readonly codec: string;
  /** The container's own name of the codec, e.g. `tmcd`. */
  readonly tag: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The flags that are set, by ffmpeg's names. */
  readonly flags: readonly string[];
}

/** All that a file holds. */
export interface MediaContent {
  /** ffmpeg's name of the container, e.g. `matroska,webm`. */
  readonly format: string;
  readonly durationS?: number;
  readonly streams: readonly MediaStream[];
  readonly chapters: number;
}

const probeMs = 60_000;
const numeric = z.coerce.number().optional().catch(undefined);
const outputSchema = z.object({
  streams: z
    .array(
      z.object({
        index: z.int32(),
        codec_type: z.string().default('unknown'),
        codec_name: z.string().default('unknown'),
        codec_tag_string: z.string().default(''),
        tags: z.record(z.string(), z.string()).default({}),
        disposition: z.record(z.string(), z.number()).default({}),
      }),
    )
    .default([]),
  chapters: z.array(z.unknown()).default([]),
  format: z.object({ format_name: z.string().default(''), duration: numeric }),
});
type ProbedStream = z.output<typeof outputSchema>['streams'][number];

/**
 * Every stream of a file. Throws CPW_UNSUPPORTED_MEDIA for what is no media, CPW_MEDIA_TOOL_FAILED
 * when ffprobe is missing, fails or hangs.
 */
export async function probeStreams(
  path: string,
  tools: MediaTools,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal | undefined },
): Promise<MediaContent> {
  const show = ['-show_streams', '-show_chapters', '-show_format', '-print_format', 'json'];
  const args = ['-hide_banner', '-loglevel', 'error', ...fileArgument(path), ...show];
  const end = await runProgram(tools.ffprobe, args, { timeoutMs: probeMs, signal });
  if (end.startError) {
    throw notStarted(tools.ffprobe, end.startError, `The streams of ${name} are listed by ffprobe`);
  }
  const found = end.status === 0 ? parse(end.stdout) : undefined;
  if (found === undefined) throw mediaToolFailed(end, { name, path });
  const { format, streams, chapters } = found;
  return {
    format: format.format_name,
    ...(format.duration === undefined ? {} : { durationS: format.duration }),
    streams: streams.map(streamOf),
    chapters: chapters.length,
  };
}

function parse(stdout: string): z.output<typeof outputSchema> | undefined {
  try {
    return outputSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

function streamOf(stream: ProbedStream): MediaStream {
  const flags = Object.entries(stream.disposition).flatMap(([flag, set]) => (set ? [flag] : []));
  return {
    index: stream.index,
    kind: flags.includes('attached_pic') ? 'cover' : kindOf(stream.codec_type),
    codec: stream.codec_name,
    tag: stream.codec_tag_string,
    tags: stream.tags,
    flags,
  };
}

function kindOf(kind: string): MediaStream['kind'] {
  const known = ['video', 'audio', 'subtitle', 'data', 'attachment'] as const;
  return known.find((one) => one === kind) ?? 'unknown';
}
