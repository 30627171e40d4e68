import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { isoOrder } from '../../src/media/iso-media.js';
import { languageTags, languageTitle } from '../../src/media/language-tags.js';
import { mux, muxedPath, planMux, type MuxedFile } from '../../src/media/mux.js';
import type { SubtitleTrack } from '../../src/media/mux-plan.js';
import type { MuxOptions } from '../../src/options/mux.js';
import {
  chaptersOf,
  contentOf,
  cuesOf,
  listing,
  makeFilms,
  muxOptions,
  soundOf,
  srt,
} from '../helpers/film.js';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';

const dir = t.testdir();
const films = await makeFilms(dir);
const files = { en: srt(dir, 'en.srt'), hi: srt(dir, 'hi.srt', 'नमस्ते'), es: srt(dir, 'es.srt') };
const tracks: readonly SubtitleTrack[] = [
  { path: files.en, language: 'en' },
  { path: files.hi, language: 'hi', title: 'हिन्दी "ख़ास" = 1; \'x\'' },
  { path: files.es, language: 'es-MX' },
];

let runs = 0;
async function muxed(media: string, options: MuxOptions = {}, added = tracks): Promise<MuxedFile> {
  const parsed = muxOptions(options);
  const plan = await planMux(media, added, { options: parsed });
  const output = muxedPath(plan, dir, `run ${(runs += 1)}`);
  return mux(plan, output, { options: parsed });
}

const added = (codec: string, [en, es]: readonly [string, string] = ['eng', 'spa']): string[] => [
  `subtitle:${codec}:${en}:English:default`,
  `subtitle:${codec}:hin:हिन्दी "ख़ास" = 1; 'x'`,
  `subtitle:${codec}:${es}:Español de México`,
];

t.test('when tracks join an mkv, all that was there stays and the flag is theirs', async (t) => {
  const { path: file, notes } = await muxed(films.mkv);
  t.equal(path.basename(file), 'run 1.subtitled.mkv');
  t.strictSame(await listing(file), [
    'video:mpeg4',
    'audio:aac',
    'audio:aac',
    'subtitle:subrip:fra:Vieux',
    ...added('subrip'),
    'attachment:unknown',
    'cover:mjpeg',
  ]);
  const { streams } = await contentOf(file);
  t.ok(streams[3]?.flags.includes('forced'), 'other flags of the old track stay');
  t.equal(streams.at(-1)?.tags['filename'], 'poster.jpg');
  t.equal(streams.at(-1)?.tags['mimetype'], 'image/jpeg');
  t.strictSame(await chaptersOf(file), ['0 One', '2 Two']);
  t.equal(await soundOf(file), await soundOf(films.mkv), 'copied, not encoded');
  t.equal(await cuesOf(file, 2), await cuesOf(files.hi, 0), 'the same text at the same times');
  t.match(notes, [/es-MX is written as spa, since ffmpeg writes no BCP 47 tag/]);
});

t.test('when tracks join an mp4, m4v or mov, they are mov_text beside all else', async (t) => {
  const { path: file } = await muxed(films.mp4);
  const old = 'subtitle:mov_text:fra:SubtitleHandler';
  const picture = ['video:mpeg4', 'audio:aac', 'audio:aac', old];
  const chapterTrack = 'data:bin_data';
  t.strictSame(await listing(file), [
    ...picture,
    ...added('mov_text'),
    chapterTrack,
    'cover:mjpeg',
  ]);
  t.strictSame(await chaptersOf(file), ['0 One', '2 Two']);
  t.equal(await soundOf(file), await soundOf(films.mp4));
  t.equal(await cuesOf(file, 2), await cuesOf(files.hi, 0));
  t.equal(isoOrder(readFileSync(file)), 'index-first', 'as the input was');
  const quick = await muxed(films.mov);
  t.equal(path.extname(quick.path), '.mov');
  const found = await listing(quick.path);
  t.strictSame(found.slice(0, 7), [...picture, ...added('mov_text')]);
  const { streams } = await contentOf(quick.path);
  t.ok(
    streams.some(({ tag }) => tag === 'tmcd'),
    'the timecode is there again',
  );
  t.equal(isoOrder(readFileSync(quick.path)), 'index-last');
});

t.test('when tracks join a webm, they are webvtt', async (t) => {
  const { path: file } = await muxed(films.webm);
  t.strictSame(await listing(file), [
    'video:vp8',
    'audio:opus',
    'audio:opus',
    'subtitle:webvtt:fra:Vieux',
    ...added('webvtt'),
  ]);
  t.equal((await chaptersOf(file)).length, 2);
});

t.test('when a container takes no subtitles, an mkv is written and that is said', async (t) => {
  const { path: file, notes } = await muxed(films.avi);
  t.equal(path.extname(file), '.mkv');
  t.match(notes[0], /film\.avi" is avi, which takes no subtitles .*: an mkv file is written/);
  t.strictSame(await listing(file), ['video:mpeg4', 'audio:mp3', ...added('subrip')]);
});

t.test(
  'when tracks are WebVTT or ASS, they come in the form that the container takes',
  async (t) => {
    const vtt = path.join(dir, 'cues.vtt');
    writeFileSync(vtt, 'WEBVTT\n\n00:01.500 --> 00:02.400 line:0\n<i>hello</i> vtt\n');
    const ass = path.join(dir, 'cues.ass');
    await ffmpeg('-i', files.en, ass);
    const both = [
      { path: vtt, language: 'en' },
      { path: ass, language: 'hi' },
    ];
    for (const [film, codecs] of [
      [films.mkv, ['subrip', 'ass']],
      [films.mp4, ['mov_text', 'mov_text']],
      [films.webm, ['webvtt', 'webvtt']],
    ] as const) {
      const { path: file, notes } = await muxed(film, {}, both);
      const found = (await listing(file)).filter((one) => one.startsWith('subtitle'));
      t.strictSame(
        found.slice(1).map((one) => one.split(':')[1]),
        codecs,
      );
      t.match(await cuesOf(file, 1), /00:00:01,5\d\d --> 00:00:02,4\d\d\n.*hello.* vtt/);
      t.match(await cuesOf(file, 2), /en\.srt 2/);
      const styles = notes.filter((note) => note.includes('cues.ass" becomes'));
      t.equal(styles.length, film === films.mkv ? 0 : 1);
    }
    const sound = await muxed(audioPath('jfk.wav'), {}, both);
    t.match(sound.notes[0], /jfk\.wav" is a sound file, .*: an mkv file is written/);
  },
);

t.test('when the named container cannot carry a stream, it is refused or said', async (t) => {
  await t.rejects(muxed(films.mkv, { container: 'mp4' }), {
    code: 'CPW_INVALID_OPTIONS',
    message:
      /does not fit into mp4: stream 4 \(attachment, font\.ttf\) \(MP4 holds no attached files\)\. Next step/,
  });
  const { path: file, notes } = await muxed(films.mkv, {
    container: 'mp4',
    dropIncompatible: true,
  });
  t.match(notes, [
    /stream 3 .*becomes mov_text: MP4 holds no subrip/,
    /font\.ttf\) is left out/,
    /MX/,
  ]);
  const found = await listing(file);
  t.strictSame(found.slice(0, 4), [
    'video:mpeg4',
    'audio:aac',
    'audio:aac',
    'subtitle:mov_text:fra:SubtitleHandler',
  ]);
  t.equal(found.at(-1), 'cover:mjpeg');
  await t.rejects(muxed(films.mkv, { container: 'webm' }), {
    message: /WebM holds no mpeg4.*WebM holds no aac/,
  });
});

t.test('when subtitles are pictures, mp4 refuses them and mkv keeps them', async (t) => {
  const dvd = path.join(dir, 'dvd.mkv');
  const bitmap = ['-f', 'lavfi', '-i', 'color=s=720x480:r=10:d=4', '-i', files.en];
  await ffmpeg(...bitmap, '-c:v', 'mpeg4', '-c:s', 'ass', path.join(dir, 'text.mkv'));
  const sup = path.join(dir, 'pgs.sup');
  writeFileSync(sup, pgs());
  await ffmpeg(
    ...bitmap.slice(0, 4),
    '-f',
    'sup',
    '-i',
    sup,
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'mpeg4',
    '-c:s',
    'copy',
    dvd,
  );
  await t.rejects(muxed(dvd, { container: 'mp4' }), {
    message: /hdmv_pgs_subtitle\) \(MP4 holds no hdmv_pgs_subtitle subtitles\)/,
  });
  const { path: file } = await muxed(dvd);
  t.equal((await listing(file))[1], 'subtitle:hdmv_pgs_subtitle');
  const styled = await muxed(path.join(dir, 'text.mkv'), { container: 'mp4' });
  t.match(styled.notes, [/stream 1 .* becomes mov_text, which keeps no styles/]);
});

/** One empty presentation of Blu-ray subtitles: a composition without objects, and its end. */
function pgs(): Buffer {
  const segment = (type: number, body: readonly number[]): number[] => [
    ...Buffer.from([0x50, 0x47, 0, 1, 0, 0, 0, 0, 0, 0, type, 0, body.length]),
    ...body,
  ];
  return Buffer.from([
    ...segment(0x16, [2, 208, 1, 224, 16, 0, 1, 128, 0, 0, 0]),
    ...segment(0x80, []),
  ]);
}

t.test('when the default is another track or none, the flags follow', async (t) => {
  const flagged = async (given: MuxOptions, film = films.mkv): Promise<readonly string[]> =>
    (await listing((await muxed(film, given)).path)).filter((one) => one.endsWith(':default'));
  t.match(await flagged({ defaultTrack: 'es' }), [/spa/], 'es-MX is a Spanish one');
  t.match(await flagged({ defaultTrack: 'hin' }), [/hin/]);
  t.match(await flagged({ defaultTrack: 'none' }), [/Vieux/], 'what was there stays');
  t.strictSame(await flagged({ defaultTrack: 'none' }, films.webm), []);
  await t.rejects(muxed(films.mkv, { defaultTrack: 'de' }), {
    message: /no track in de is added, only en, hi, es-MX/,
  });
});

t.test('when a language is asked for, each container gets its own code', async (t) => {
  t.strictSame(languageTags('fr'), {
    bcp47: 'fr',
    terminologic: 'fra',
    bibliographic: 'fre',
    quicktime: 'fra',
  });
  t.match(languageTags('ger'), { bcp47: 'de', terminologic: 'deu', bibliographic: 'ger' });
  t.match(languageTags('hin_Deva'), { bcp47: 'hi', terminologic: 'hin' });
  t.match(languageTags('zh-Hant'), { bcp47: 'zh-Hant', terminologic: 'zho', bibliographic: 'chi' });
  t.match(languageTags('yue'), { terminologic: 'yue', bibliographic: 'yue' });
  t.match(languageTags('jw'), { bcp47: 'jv', terminologic: 'jav' });
  t.equal(languageTitle('pt-BR'), 'Português (Brasil)');
  for (const wrong of ['', 'xx', 'english', 'e', '12', 'en us']) {
    t.throws(() => languageTags(wrong), { code: 'CPW_UNSUPPORTED_LANGUAGE' }, wrong);
  }
  const french: SubtitleTrack = { path: files.en, language: 'fr' };
  for (const [film, code] of [
    [films.mkv, 'fre'],
    [films.mp4, 'fra'],
  ] as const) {
    t.equal(
      (await listing((await muxed(film, {}, [french])).path)).filter((one) =>
        one.includes(`:${code}:Français`),
      ).length,
      1,
    );
  }
  const zulu = await muxed(films.mov, {}, [{ path: files.en, language: 'zu' }]);
  t.match(zulu.notes, [/ffmpeg could not write the language of "IsiZulu" \(zul\) into QuickTime/]);
});
