import type { ContainerName } from '../options/mux.js';

/** What a container can hold of what subtitle muxing meets. */
export interface Container {
  /** ffmpeg's name of the muxer. */
  readonly muxer: 'mp4' | 'mov' | 'matroska' | 'webm';
  readonly label: string;
  /** Subtitle codecs that are copied. */
  readonly subtitles: ReadonlySet<string>;
  /** What other text subtitles become. */
  readonly textCodec: 'mov_text' | 'subrip' | 'webvtt';
  /** What files that are added become, by their extension. */
  readonly added: Readonly<Record<SubtitleFormat, string>>;
  /** Video and audio codecs; undefined: ffmpeg knows better. */
  readonly onlyCodecs?: ReadonlySet<string>;
  readonly attachments: boolean;
  /** How a cover picture is kept: as a stream, as an attached file, or not at all. */
  readonly cover: 'stream' | 'attachment' | 'none';
  /** True where a timecode track is made anew from the timecode that a stream's tags hold. */
  readonly timecode: boolean;
  /** Which of a language's codes it asks for. */
  readonly language: 'terminologic' | 'bibliographic' | 'quicktime';
  /** Where a track's title goes. */
  readonly titleKeys: readonly string[];
}

/** The subtitle files that can be added. */
export type SubtitleFormat = 'srt' | 'vtt' | 'ass';

const iso = {
  textCodec: 'mov_text',
  added: { srt: 'mov_text', vtt: 'mov_text', ass: 'mov_text' },
  attachments: false,
  timecode: true,
  language: 'terminologic',
  // ffmpeg 5.1 writes no title of a track into these; players show the handler's name.
  titleKeys: ['title', 'handler_name'],
} as const;

const mp4: Container = {
  ...iso,
  muxer: 'mp4',
  label: 'MP4',
  subtitles: new Set(['mov_text', 'dvd_subtitle']),
  cover: 'stream',
};

const mkv: Container = {
  muxer: 'matroska',
  label: 'Matroska',
  subtitles: new Set([
    'subrip',
    'ass',
    'ssa',
    'webvtt',
    'dvd_subtitle',
    'dvb_subtitle',
    'hdmv_pgs_subtitle',
    'hdmv_text_subtitle',
  ]),
  textCodec: 'subrip',
  added: { srt: 'subrip', vtt: 'subrip', ass: 'ass' },
  attachments: true,
  // ffmpeg makes an ordinary video track of a cover that is copied as a stream.
  cover: 'attachment',
  timecode: false,
  language: 'bibliographic',
  titleKeys: ['title'],
};

/** Every container that can be written. */
export const containers: Readonly<Record<ContainerName, Container>> = {
  mp4,
  m4v: mp4,
  mov: {
    ...iso,
    muxer: 'mov',
    label: 'QuickTime',
    subtitles: new Set(['mov_text', 'eia_608']),
    language: 'quicktime',
    cover: 'none',
  },
  mkv,
  webm: {
    ...mkv,
    muxer: 'webm',
    label: 'WebM',
    subtitles: new Set(['webvtt']),
    textCodec: 'webvtt',
    added: { srt: 'webvtt', vtt: 'webvtt', ass: 'webvtt' },
    onlyCodecs: new Set(['vp8', 'vp9', 'av1', 'vorbis', 'opus']),
    attachments: false,
    cover: 'none',
  },
};

/** Text subtitles that ffmpeg can turn into one another. */
export const textSubtitles: ReadonlySet<string> = new Set([
  'subrip',
  'srt',
  'ass',
  'ssa',
  'webvtt',
  'mov_text',
  'text',
  'microdvd',
  'mpl2',
  'pjs',
  'realtext',
  'sami',
  'stl',
  'subviewer',
  'subviewer1',
  'vplayer',
  'jacosub',
  'eia_608',
]);
