import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { audioPath } from './audio.js';
import { ffmpeg } from './media.js';

/**
 * A film of two minutes with four streams: a test picture, English speech, a tone that calls itself
 * French, and subtitles that were there before.
 */
export async function twoMinutes(folder: string, name = 'film.mp4'): Promise<string> {
  const film = path.join(folder, name);
  const old = path.join(folder, 'old.srt');
  writeFileSync(old, '1\n00:00:01,000 --> 00:00:03,000\nVieux\n');
  const spoken = ['en-gettysburg', 'en-alice', 'en-declaration'].flatMap((one) => [
    '-i',
    audioPath(`${one}.flac`),
  ]);
  const join = '[0:a][1:a][2:a]concat=n=3:v=0:a=1[speech]';
  const drawn = ['-f', 'lavfi', '-i', 'testsrc=s=160x90:r=5', '-f', 'lavfi', '-i', 'sine'];
  const maps = ['-map', '3:v', '-map', '[speech]', '-map', '4:a', '-map', '5:s'];
  const languages = ['a:0', 'a:1', 's:0'].flatMap((stream, index) => [
    `-metadata:s:${stream}`,
    `language=${index === 0 ? 'eng' : 'fra'}`,
  ]);
  const codecs = ['-c:v', 'mpeg4', '-c:a', 'aac', '-b:a', '64k', '-c:s', 'mov_text'];
  const inputs = [...spoken, ...drawn, '-i', old];
  await ffmpeg(
    ...inputs,
    '-filter_complex',
    join,
    ...maps,
    '-t',
    '120',
    ...codecs,
    ...languages,
    film,
  );
  return film;
}

/** A film of eleven seconds: a test picture and English speech, its index in front of the data. */
export async function elevenSeconds(folder: string, name = 'talk.mp4'): Promise<string> {
  const film = path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc=s=160x90:r=5:d=11'];
  const codecs = ['-c:v', 'mpeg4', '-c:a', 'aac', '-movflags', '+faststart'];
  await ffmpeg(...picture, '-i', audioPath('jfk.wav'), ...codecs, film);
  return film;
}
