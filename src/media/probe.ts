import { z } from 'zod';
import { fileArgument, mediaToolFailed } from './ffmpeg-errors.js';
import { runProgram } from './program.js';
import { notStarted, type MediaTools } from './tools.js';

/** One audio stream of a file. */
export interface AudioTrack {
  /** Counted from 1, as users count; ffmpeg's `0:a:<number - 1>`. */
  readonly number: number;
  readonly codec: string;
  readonly channels: number;
  /** As the container writes it, e.g. `eng`; absent where it says nothing. */
  readonly language?: string;
  readonly title?: string;
  readonly isDefault: boolean;
  /** Seconds from the beginning of the file to the track's end, where the container says so exactly. */
  readonly endS?: number;
}

/** What ffprobe found in a file. */
export interface MediaInfo {
  /** ffmpeg's name of the container, e.g. `matroska,webm`. */
  readonly format: string;
  readonly durationS?: number;
  readonly tracks: readonly AudioTrack[];
  /** Kinds of the other streams: `video`, `subtitle` … */
  readonly otherKinds: readonly string[];
}

const probeMs = 60_000;
const entries = [
  'stream=index,codec_type,codec_name,channels,start_time,duration',
  'stream_tags',
  'stream_disposition=default,attached_pic',
  'format=format_name,start_time,duration',
].join(':');

const numeric = z.coerce.number().optional().catch(undefined);
const outputSchema = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string().default('unknown'),
        codec_name: z.string().default('an unknown codec'),
        channels: numeric,
        start_time: numeric,
        duration: numeric,
        tags: z.record(z.string(), z.string()).default({}),
        disposition: z.object({ default: numeric, attached_pic: numeric }).default({}),
      }),
    )
    .default([]),
  format: z
    .object({ format_name: z.string().default(''), start_time: numeric, duration: numeric })
    .optional(),
});
type ProbeOutput = z.output<typeof outputSchema>;
type ProbeStream = ProbeOutput['streams'][number];

/**
 * The tracks and the duration of a file. Throws CPW_UNSUPPORTED_MEDIA for what is no media,
 * CPW_MEDIA_TOOL_FAILED when ffprobe is missing, fails or hangs.
 */
export async function probeMedia(
  path: string,
  tools: MediaTools,
  context: {
    readonly name: string;
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number;
  },
): Promise<MediaInfo> {
  const { name, signal, timeoutMs = probeMs } = context;
  const args = ['-hide_banner', '-loglevel', 'error', ...fileArgument(path)];
  const show = ['-show_entries', entries, '-print_format', 'json'];
  const end = await runProgram(tools.ffprobe, [...args, ...show], { timeoutMs, signal });
  if (end.startError) {
    throw notStarted(tools.ffprobe, end.startError, `The tracks of ${name} are listed by ffprobe`);
  }
  const output = end.status === 0 ? parse(end.stdout) : undefined;
  if (output?.format === undefined) throw mediaToolFailed(end, { name, path });
  return infoOf(output, output.format);
}

function parse(stdout: string): ProbeOutput | undefined {
  try {
    return outputSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

function infoOf({ streams }: ProbeOutput, format: NonNullable<ProbeOutput['format']>): MediaInfo {
  const audio = streams.filter(({ codec_type: kind }) => kind === 'audio');
  // A cover picture is a video stream to ffmpeg.
  const others = streams.filter(
    ({ codec_type: kind, disposition }) => kind !== 'audio' && disposition.attached_pic !== 1,
  );
  const alone = audio.length === 1 && others.length === 0;
  const durationS = format.duration;
  return {
    format: format.format_name,
    ...(durationS === undefined ? {} : { durationS }),
    tracks: audio.map((stream, index) => {
      const { title } = stream.tags;
      const language = languageOf(stream);
      const endS = endOf(stream, format, alone);
      return {
        number: index + 1,
        codec: stream.codec_name,
        channels: stream.channels ?? 0,
        ...(language === undefined ? {} : { language }),
        ...(title === undefined ? {} : { title }),
        isDefault: stream.disposition.default === 1,
        ...(endS === undefined ? {} : { endS }),
      };
    }),
    otherKinds: [...new Set(others.map(({ codec_type: kind }) => kind))],
  };
}

function languageOf({ tags }: ProbeStream): string | undefined {
  const language = tags['language'] ?? tags['LANGUAGE'];
  return language === undefined || language === '' || language === 'und' ? undefined : language;
}

/** Containers that state lengths; others have them estimated from bit rates. */
const exact = /^(mov|matroska|asf|avi|flv|caf|wav|w64|aiff)\b/u;

function endOf(
  stream: ProbeStream,
  format: NonNullable<ProbeOutput['format']>,
  alone: boolean,
): number | undefined {
  if (!exact.test(format.format_name)) return undefined;
  const tagged = secondsOfTag(stream.tags['DURATION']);
  const own = tagged ?? stream.duration;
  const begin = (stream.start_time ?? 0) - (format.start_time ?? 0);
  // Matroska's tag counts from the beginning of the file, not of the track.
  if (own !== undefined) return tagged === undefined ? begin + own : own;
  return alone ? format.duration : undefined;
}

function secondsOfTag(text: string | undefined): number | undefined {
  const parts = /^(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/u.exec(text ?? '');
  if (!parts) return undefined;
  return Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3]);
}
