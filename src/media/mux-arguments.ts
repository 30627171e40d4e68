import { resolve } from 'node:path';
import type { StreamFate } from './choose-container.js';
import { containers, type SubtitleFormat } from './containers.js';
import { fileArgument } from './ffmpeg-errors.js';
import type { MuxPlan, PlannedTrack } from './mux-plan.js';
import type { MediaStream } from './probe-streams.js';

/** A picture that was taken out of the media, to be attached. */
export interface CoverFile {
  readonly path: string;
  readonly stream: MediaStream;
}

interface Paths {
  readonly output: string;
  readonly covers: readonly CoverFile[];
  /** The index stands before the media, as players on the web want it. */
  readonly indexFirst: boolean;
}

const readers: Readonly<Record<SubtitleFormat, string>> = { srt: 'srt', vtt: 'webvtt', ass: 'ass' };
const quiet = '-nostdin -hide_banner -loglevel error -y -nostats -progress pipe:1'.split(' ');
const copied = '-map_chapters 0 -c copy'.split(' ');
type Kept = Extract<StreamFate, { way: 'copy' | 'convert' }>;

/** ffmpeg's arguments for a plan; every value is an argument of its own, none is parsed as syntax. */
export function muxArguments(plan: MuxPlan, { output, covers, indexFirst }: Paths): string[] {
  const { media, tracks } = plan;
  const container = containers[plan.container];
  const kept = plan.fates.filter(
    (fate): fate is Kept => fate.way === 'copy' || fate.way === 'convert',
  );
  const chosen = tracks.some(({ isDefault }) => isDefault);
  const first = kept.length;
  // Old containers leave out times that Matroska needs.
  const input = ['-fflags', '+genpts', ...fileArgument(media.path)];
  const isIso = container.muxer === 'mp4' || container.muxer === 'mov';
  return [
    ...quiet,
    ...input,
    ...tracks.flatMap(subtitleInput),
    ...kept.flatMap(({ stream }) => ['-map', `0:${stream.index}`]),
    ...tracks.flatMap((_, index) => ['-map', `${index + 1}:0`]),
    ...copied,
    ...kept.flatMap((fate, index) => keptArguments(fate, index, chosen)),
    ...tracks.flatMap((track, index) => trackArguments(track, first + index, container)),
    ...covers.flatMap((cover, index) => attached(cover, first + tracks.length + index)),
    ...(isIso ? [] : ['-default_mode', 'passthrough']),
    ...(indexFirst && isIso ? ['-movflags', '+faststart'] : []),
    '-f',
    container.muxer,
    `file:${resolve(output)}`,
  ];
}

function subtitleInput({ path, format }: PlannedTrack): string[] {
  return ['-protocol_whitelist', 'file', '-f', readers[format], '-i', `file:${resolve(path)}`];
}

function keptArguments(fate: Kept, index: number, chosen: boolean): string[] {
  const codec = fate.way === 'convert' ? [`-c:${index}`, fate.codec] : [];
  const { kind, flags } = fate.stream;
  if (kind !== 'subtitle' || !chosen || !flags.includes('default')) return codec;
  const others = flags.filter((flag) => flag !== 'default');
  return [...codec, `-disposition:${index}`, others.length === 0 ? '0' : others.join('+')];
}

function trackArguments(
  { codec, tags, title, isDefault }: PlannedTrack,
  index: number,
  container: (typeof containers)[keyof typeof containers],
): string[] {
  const language = tags[container.language];
  const metadata = `-metadata:s:${index}`;
  const titles = container.titleKeys.flatMap((key) => [metadata, `${key}=${title}`]);
  const flags = [`-disposition:${index}`, isDefault ? 'default' : '0'];
  return [`-c:${index}`, codec, ...flags, metadata, `language=${language}`, ...titles];
}

function attached({ path, stream }: CoverFile, index: number): string[] {
  const mime = stream.codec === 'png' ? 'image/png' : 'image/jpeg';
  const { filename = `cover.${mime.slice(6).replace('jpeg', 'jpg')}`, mimetype = mime } =
    stream.tags;
  const metadata = `-metadata:s:${index}`;
  const tags = [metadata, `mimetype=${mimetype}`, metadata, `filename=${filename}`];
  return ['-attach', `file:${resolve(path)}`, ...tags];
}
