import { extname } from 'node:path';
import { CpwError } from '../errors.js';
import type { ContainerName, ParsedMuxOptions } from '../options/mux.js';
import { containers, textSubtitles, type Container } from './containers.js';
import type { MediaContent, MediaStream } from './probe-streams.js';

/** What becomes of one stream of the input. */
export type StreamFate =
  | { readonly stream: MediaStream; readonly way: 'copy' | 'attach' }
  | { readonly stream: MediaStream; readonly way: 'convert'; readonly codec: string }
  /** Written anew by the muxer from what the file says elsewhere: nothing is lost. */
  | { readonly stream: MediaStream; readonly way: 'remade' }
  | { readonly stream: MediaStream; readonly way: 'drop'; readonly why: string };

/** The container that was chosen, and what that means for each stream. */
export interface ChosenContainer {
  readonly name: ContainerName;
  readonly fates: readonly StreamFate[];
  readonly notes: readonly string[];
}

/**
 * The container that was asked for, else the input's own where it takes all, else mkv. Throws
 * CPW_INVALID_OPTIONS where one was named that cannot carry a stream, unless that may be dropped.
 */
export function chooseContainer(
  media: { readonly path: string; readonly name: string; readonly content: MediaContent },
  { container, dropIncompatible }: ParsedMuxOptions,
): ChosenContainer {
  const { content, name } = media;
  if (container !== 'auto') {
    const fates = fatesIn(container, content);
    const dropped = droppedOf(fates);
    if (dropped.length > 0 && !dropIncompatible) throw refused(name, container, dropped);
    return { name: container, fates, notes: notesOf(name, container, fates) };
  }
  const own = ownContainer(media);
  if (own !== undefined) {
    const fates = fatesIn(own, content);
    const whole = fates.every(({ way }) => way !== 'drop' && way !== 'convert');
    if (whole || own === 'mkv') return { name: own, fates, notes: notesOf(name, own, fates) };
  }
  const fates = fatesIn('mkv', content);
  const why = own === undefined ? whyNot(content) : `holds what ${containers[own].label} does not`;
  return {
    name: 'mkv',
    fates,
    notes: [`${name} ${why}: an mkv file is written`, ...notesOf(name, 'mkv', fates)],
  };
}

function whyNot({ format, streams }: MediaContent): string {
  const isFilm = streams.some(({ kind }) => kind === 'video');
  return isFilm
    ? `is ${format}, which takes no subtitles that all players show`
    : 'is a sound file, whose players show no subtitles';
}

/** By content, since a name proves nothing; the name tells apart what is the same inside. */
function ownContainer(media: {
  readonly path: string;
  readonly content: MediaContent;
}): ContainerName | undefined {
  const extension = extname(media.path).slice(1).toLowerCase();
  const { format, streams } = media.content;
  // A sound file with a picture is no film: players of .m4a look for no subtitles.
  const isFilm = streams.some(({ kind }) => kind === 'video');
  if (/^mov\b/u.test(format) && isFilm) {
    return extension === 'mov' || extension === 'm4v' ? extension : 'mp4';
  }
  if (/^matroska\b/u.test(format)) return extension === 'webm' ? 'webm' : 'mkv';
  return undefined;
}

function fatesIn(name: ContainerName, content: MediaContent): readonly StreamFate[] {
  return content.streams.map((stream) => fateOf(stream, containers[name], content));
}

function fateOf(stream: MediaStream, container: Container, content: MediaContent): StreamFate {
  const drop = (why: string): StreamFate => ({ stream, way: 'drop', why });
  const { label } = container;
  switch (stream.kind) {
    case 'video':
    case 'audio': {
      const fits = container.onlyCodecs?.has(stream.codec) ?? true;
      return fits ? { stream, way: 'copy' } : drop(`${label} holds no ${stream.codec}`);
    }
    case 'subtitle':
      return subtitleFate(stream, container);
    case 'cover':
      if (container.cover === 'stream') return { stream, way: 'copy' };
      if (container.cover === 'attachment') return { stream, way: 'attach' };
      return drop(`ffmpeg writes no cover picture into ${label}`);
    case 'attachment':
      return container.attachments
        ? { stream, way: 'copy' }
        : drop(`${label} holds no attached files`);
    case 'data':
      return dataFate(stream, container, content);
    case 'unknown':
      break;
  }
  return drop('ffmpeg does not know what it holds');
}

function subtitleFate(stream: MediaStream, container: Container): StreamFate {
  const { codec } = stream;
  if (container.subtitles.has(codec)) return { stream, way: 'copy' };
  if (textSubtitles.has(codec)) return { stream, way: 'convert', codec: container.textCodec };
  return { stream, way: 'drop', why: `${container.label} holds no ${codec} subtitles` };
}

function dataFate(stream: MediaStream, container: Container, content: MediaContent): StreamFate {
  // QuickTime keeps chapter titles in a text track of their own, which the muxer makes anew.
  if (stream.codec === 'bin_data' && stream.tag === 'text' && content.chapters > 0) {
    return { stream, way: 'remade' };
  }
  const isTimecode = stream.tag === 'tmcd';
  if (isTimecode && container.timecode) return { stream, way: 'remade' };
  // The one kind of measured data (GoPro's) that ffmpeg's MP4 muxer takes.
  const isMeasured = stream.codec === 'bin_data' && stream.tag === 'gpmd';
  if (isMeasured && container.timecode) return { stream, way: 'copy' };
  const why = `ffmpeg copies no such data into ${container.label}`;
  return { stream, way: 'drop', why };
}

type Dropped = Extract<StreamFate, { way: 'drop' }>;

function droppedOf(fates: readonly StreamFate[]): readonly Dropped[] {
  return fates.filter((fate): fate is Dropped => fate.way === 'drop');
}

function notesOf(
  name: string,
  container: ContainerName,
  fates: readonly StreamFate[],
): readonly string[] {
  return fates.flatMap((fate) => {
    if (fate.way === 'drop') return [`${name}: ${describe(fate.stream)} is left out: ${fate.why}`];
    if (fate.way !== 'convert') return [];
    const { codec } = fate.stream;
    const styles = codec === 'ass' || codec === 'ssa' ? ', which keeps no styles' : '';
    const holds = `${containers[container].label} holds no ${codec}`;
    return [`${name}: ${describe(fate.stream)} becomes ${fate.codec}${styles}: ${holds}`];
  });
}

function refused(name: string, container: ContainerName, dropped: readonly Dropped[]): CpwError {
  const lines = dropped.map(({ stream, why }) => `${describe(stream)} (${why})`).join('; ');
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `${name} does not fit into ${container}: ${lines}. Next step: container mkv or auto ` +
      '(--container), or leave these out with dropIncompatible (--drop-incompatible).',
    { details: { container, streams: dropped.map(({ stream }) => stream.index) } },
  );
}

/** `stream 3 (subtitle, hdmv_pgs_subtitle, eng)` */
export function describe({ index, kind, codec, tag, tags }: MediaStream): string {
  const known = codec === 'unknown' ? tag.replaceAll(/[^ -~]|\[0\]/gu, '') : codec;
  const facts = [kind, known, tags['language'], tags['filename']];
  return `stream ${index} (${facts.filter((fact) => fact !== undefined && fact !== '').join(', ')})`;
}
