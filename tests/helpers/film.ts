import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { probeStreams, type MediaContent } from '../../src/media/probe-streams.js';
import { muxOptionsSchema, type MuxOptions, type ParsedMuxOptions } from '../../src/options/mux.js';
import { audioPath } from './audio.js';
import { ffmpeg } from './media.js';

const run = promisify(execFile);
const tools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** The streams of a file, as ffprobe lists them. */
export function contentOf(file: string): Promise<MediaContent> {
  return probeStreams(file, tools, { name: file });
}

/** The mux options with every default. */
export const muxOptions = (given: MuxOptions = {}): ParsedMuxOptions =>
  muxOptionsSchema.parse(given);

/** `subtitle:subrip:fre:Vieux` and so on, one for each stream. */
export async function listing(file: string): Promise<readonly string[]> {
  const { streams } = await contentOf(file);
  return streams.map(({ kind, codec, tags, flags }) => {
    const title = tags['title'] ?? tags['handler_name'] ?? tags['filename'];
    const isDefault = flags.includes('default') ? 'default' : undefined;
    const facts = kind === 'subtitle' ? [tags['language'], title, isDefault] : [];
    return [kind, codec, ...facts].filter((fact) => fact !== undefined).join(':');
  });
}

/** The cues of one subtitle track, as SRT. */
export async function cuesOf(file: string, track: number): Promise<string> {
  const args = ['-v', 'error', '-i', `file:${file}`, '-map', `0:s:${track}`, '-f', 'srt', '-'];
  return (await run('ffmpeg', args)).stdout;
}

/** A hash over the packets of each audio track: equal where they were copied. */
export async function soundOf(file: string): Promise<string> {
  const maps = ['-map', '0:a'];
  const args = [
    '-v',
    'error',
    '-i',
    `file:${file}`,
    ...maps,
    '-c',
    'copy',
    '-f',
    'streamhash',
    '-',
  ];
  return (await run('ffmpeg', [...args])).stdout;
}

/** Chapter titles with their starts. */
export async function chaptersOf(file: string): Promise<readonly string[]> {
  const args = ['-v', 'error', '-show_chapters', '-print_format', 'json', `file:${file}`];
  const { stdout } = await run('ffprobe', args);
  const { chapters } = JSON.parse(stdout) as {
    chapters: { start_time: string; tags: { title: string } }[];
  };
  return chapters.map(({ start_time: start, tags }) => `${Number(start)} ${tags.title}`);
}

/** Two cues that begin late and say who wrote them. */
export function srt(folder: string, name: string, text = name): string {
  const file = path.join(folder, name);
  const cue = (n: number, from: string, to: string): string =>
    `${n}\n00:00:0${from} --> 00:00:0${to}\n${text} ${n}\n`;
  writeFileSync(file, `${cue(1, '1,500', '2,400')}\n${cue(2, '3,000', '3,900')}`);
  return file;
}

/** A film of four seconds: video, two audio tracks, a subtitle track, chapters, and a cover. */
export interface Films {
  readonly mkv: string;
  readonly mp4: string;
  readonly mov: string;
  readonly webm: string;
  readonly avi: string;
}

const chapters = `;FFMETADATA1
title=A film; "of" four = seconds
[CHAPTER]
TIMEBASE=1/1000
START=0
END=2000
title=One
[CHAPTER]
TIMEBASE=1/1000
START=2000
END=4000
title=Two
`;

/** Makes the films into a folder, with the system's ffmpeg. */
export async function makeFilms(folder: string): Promise<Films> {
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('chapters.txt'), chapters);
  writeFileSync(at('font.ttf'), 'no real font');
  srt(folder, 'old.srt');
  await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=64x64:d=1', '-frames:v', '1', at('cover.jpg'));
  const video = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=10:d=4'];
  const voice = ['-t', '4', '-i', audioPath('jfk.wav'), '-f', 'lavfi', '-i', 'sine=d=4'];
  const text = ['-i', at('old.srt'), '-i', at('chapters.txt')];
  const all = [...video, ...voice, ...text, '-i', at('cover.jpg')];
  const maps = ['-map', '0', '-map', '1', '-map', '2', '-map', '3'];
  const meta = ['-map_metadata', '4', '-map_chapters', '4', '-metadata:s:s:0', 'language=fra'];
  const common = [...all, ...maps, ...meta];
  const old = ['-metadata:s:s:0', 'title=Vieux', '-disposition:s:0', 'default+forced'];
  const font = ['-attach', at('font.ttf'), '-metadata:s:t:0', 'mimetype=font/ttf'];
  const picture = ['-attach', at('cover.jpg'), '-metadata:s:t:1', 'mimetype=image/jpeg'];
  const named = ['-metadata:s:t:1', 'filename=poster.jpg'];
  const files = [...font, ...picture, ...named];
  const mpeg4 = ['-c:v:0', 'mpeg4', '-c:a', 'aac'];
  await ffmpeg(...common, ...mpeg4, '-c:s', 'srt', ...old, ...files, at('film.mkv'));
  const cover = ['-map', '5', '-c:v:1', 'copy', '-disposition:v:1', 'attached_pic'];
  const fast = ['-movflags', '+faststart'];
  await ffmpeg(...common, ...cover, ...mpeg4, '-c:s', 'mov_text', ...fast, at('film.mp4'));
  const clock = ['-timecode', '01:00:00:00'];
  await ffmpeg(...common, ...mpeg4, '-c:s', 'mov_text', ...clock, at('film.mov'));
  const vp8 = ['-c:v', 'libvpx', '-c:a', 'libopus', '-c:s', 'webvtt'];
  await ffmpeg(...common, ...vp8, '-metadata:s:s:0', 'title=Vieux', at('film.webm'));
  await ffmpeg(
    ...video,
    ...voice,
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'mpeg4',
    '-c:a',
    'mp3',
    at('film.avi'),
  );
  const names = ['mkv', 'mp4', 'mov', 'webm', 'avi'].map((one) => [one, at(`film.${one}`)]);
  return Object.fromEntries(names) as Films;
}
