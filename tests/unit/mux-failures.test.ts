import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { mux, planMux, type MuxContext } from '../../src/media/mux.js';
import type { SubtitleTrack } from '../../src/media/mux-plan.js';
import type { MuxOptions } from '../../src/options/mux.js';
import { contentOf, listing, makeFilms, muxOptions, srt } from '../helpers/film.js';
import { fakeFfmpeg, ffmpeg } from '../helpers/media.js';

const dir = t.testdir();
const films = await makeFilms(dir);
const tracks: readonly SubtitleTrack[] = [{ path: srt(dir, 'en.srt'), language: 'en' }];
/** A film long enough to be stopped in: 12 MB of noise. */
const long = path.join(dir, 'long.mkv');
const noise = ['-f', 'lavfi', '-i', 'nullsrc=s=320x240:r=10:d=30,geq=random(1)*255:128:128'];
await ffmpeg(...noise, '-c:v', 'rawvideo', long);

interface Given extends MuxContext {
  readonly options?: MuxOptions;
  readonly tracks?: readonly SubtitleTrack[];
}

async function muxTo(output: string, media: string, given: Given = {}): Promise<void> {
  const options = muxOptions(given.options);
  const plan = await planMux(media, given.tracks ?? tracks, { options });
  await mux(plan, output, { ...given, options });
}

/** A folder of its own, to see that nothing is left in it. */
let folders = 0;
function folder(): string {
  const made = path.join(dir, `out-${(folders += 1)}`);
  mkdirSync(made);
  return made;
}

t.test('when the input is missing, a folder, no media or a pipe, that is said', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  await t.rejects(muxTo(out, path.join(dir, 'none.mkv')), { code: 'CPW_FILE_NOT_FOUND' });
  await t.rejects(muxTo(out, dir), { code: 'CPW_FILE_NOT_FOUND', message: /is a folder/ });
  await t.rejects(muxTo(out, tracks[0]?.path ?? ''), { code: 'CPW_UNSUPPORTED_MEDIA' });
  const pipe = path.join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await t.rejects(muxTo(out, pipe), { code: 'CPW_INVALID_OPTIONS', message: /is a pipe/ });
  const gone = [{ path: path.join(dir, 'gone.srt'), language: 'en' }];
  await t.rejects(muxTo(out, films.mkv, { tracks: gone }), {
    message: /gone\.srt" cannot be read/,
  });
  const txt = [{ path: path.join(dir, 'a.txt'), language: 'en' }];
  await t.rejects(muxTo(out, films.mkv, { tracks: txt }), { message: /no subtitle file that can/ });
  await t.rejects(muxTo(out, films.mkv, { tracks: [] }), { message: /No subtitles to add/ });
  const ffmpegless = { options: { ffmpeg: '/nowhere/ffmpeg' } };
  await t.rejects(muxTo(out, films.mkv, ffmpegless), { code: 'CPW_MEDIA_TOOL_FAILED' });
  const nowhere = path.join(dir, 'nowhere', 'x.mkv');
  await t.rejects(muxTo(nowhere, films.mkv), { message: /cannot write into ".*nowhere" \(ENOENT/ });
});

t.test('when the output exists, it is replaced only where that was asked for', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  writeFileSync(out, 'mine');
  await t.rejects(muxTo(out, films.mkv), { code: 'CPW_INVALID_OPTIONS', message: /--overwrite/ });
  t.equal(readFileSync(out, 'utf8'), 'mine');
  await muxTo(out, films.mkv, { options: { overwrite: true } });
  t.equal((await contentOf(out)).streams.length, 7);
  t.strictSame(readdirSync(path.dirname(out)), ['x.mkv']);
  const place = folder();
  const onto = muxTo(place, films.mkv, { options: { overwrite: true } });
  await t.rejects(onto, { message: /is a folder; remove it or/ });
});

t.test('when the output comes to exist meanwhile, it is not replaced', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  const onProgress = (): void => writeFileSync(out, 'somebody was faster');
  await t.rejects(muxTo(out, films.mkv, { onProgress }), { message: /exists already/ });
  t.equal(readFileSync(out, 'utf8'), 'somebody was faster');
  t.strictSame(readdirSync(path.dirname(out)), ['x.mkv']);
});

t.test('when the output is an input by whatever name, it is refused and unharmed', async (t) => {
  const out = folder();
  const film = path.join(out, 'film.mkv');
  writeFileSync(film, readFileSync(films.mkv));
  symlinkSync(film, path.join(out, 'soft.mkv'));
  linkSync(film, path.join(out, 'hard.mkv'));
  linkSync(tracks[0]?.path ?? '', path.join(out, 'text.mkv'));
  const names = ['film.mkv', 'soft.mkv', 'hard.mkv', 'text.mkv', '../out-x/../film.mkv'];
  mkdirSync(path.join(dir, 'out-x'));
  for (const name of names.slice(0, 4)) {
    const asked = muxTo(path.join(out, name), film, { options: { overwrite: true } });
    await t.rejects(asked, { message: /is the same file as .*an input is never replaced/ }, name);
  }
  const around = `${out}/../${path.basename(out)}/film.mkv`;
  await t.rejects(muxTo(around, film, { options: { overwrite: true } }), { message: /same file/ });
  t.ok(readFileSync(film).equals(readFileSync(films.mkv)));
});

t.test('when names look like options, protocols or patterns, they are names', async (t) => {
  const odd = [
    '-y.mkv',
    'concat:a|b.mkv',
    'it\'s %03d "x"\n$(y).mkv',
    '*?[a].mkv',
    'é 🎬 हिंदी.mkv',
  ];
  const before = process.cwd();
  const place = folder();
  process.chdir(place);
  t.teardown(() => process.chdir(before));
  for (const [index, name] of odd.entries()) {
    writeFileSync(name, readFileSync(films.mkv));
    const text = name.replace('.mkv', '.srt');
    writeFileSync(text, readFileSync(tracks[0]?.path ?? ''));
    const title = `-y "${name}" = \\ ; # \n'`;
    const out = `${name}.${index}.mkv`;
    await muxTo(out, name, { tracks: [{ path: text, language: 'en', title }] });
    const { streams } = await contentOf(path.resolve(out));
    t.equal(streams.findLast(({ kind }) => kind === 'subtitle')?.tags['title'], title);
  }
  t.equal(readdirSync(place).length, odd.length * 3, 'and nothing else was written');
});

t.test('when it is aborted, it rejects with the reason and leaves nothing', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  const controller = new AbortController();
  const reason = new Error('enough');
  const fractions: number[] = [];
  const onProgress = (fraction: number): void => {
    fractions.push(fraction);
    controller.abort(reason);
  };
  const { signal } = controller;
  await t.rejects(muxTo(out, long, { signal, onProgress }), reason);
  t.ok((fractions[0] ?? 1) < 1);
  t.strictSame(readdirSync(path.dirname(out)), []);
  await t.rejects(muxTo(out, long, { signal: AbortSignal.abort(reason) }), reason);
});

t.test('when the callback throws, that is the error and nothing is left', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  const broken = new Error('a broken progress bar');
  const onProgress = (): void => {
    throw broken;
  };
  await t.rejects(muxTo(out, long, { onProgress }), broken);
  t.strictSame(readdirSync(path.dirname(out)), []);
});

t.test('when all goes well, progress rises to 1', async (t) => {
  const out = path.join(folder(), 'x.mkv');
  const fractions: number[] = [];
  await muxTo(out, long, { onProgress: (fraction) => fractions.push(fraction) });
  t.equal(fractions.at(-1), 1);
  t.strictSame(
    fractions.toSorted((a, b) => a - b),
    fractions,
  );
});

t.test('when the disk is full, that is said and nothing is left', async (t) => {
  const tools = folder();
  const out = path.join(folder(), 'x.mkv');
  // The limit of a file's size: the one kind of full disk that needs no disk. 512-byte blocks.
  const limited = fakeFfmpeg(tools, 'trap \'\' XFSZ; ulimit -f 2000; exec ffmpeg "$@"');
  chmodSync(limited, 0o755);
  await t.rejects(muxTo(out, long, { options: { ffmpeg: limited } }), {
    code: 'CPW_OUT_OF_MEMORY',
    message: /There is no room for ".*x\.mkv" \(.*File too large.*\)\. Next step: make room/,
  });
  t.strictSame(readdirSync(path.dirname(out)), []);
  const quiet = 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 0';
  const options = { ffmpeg: fakeFfmpeg(tools, quiet) };
  await t.rejects(muxTo(out, long, { options }), { code: 'CPW_OUT_OF_MEMORY' });
});

t.test(
  'when a subtitle file is empty or damaged, the track is there or that is said',
  async (t) => {
    const empty = path.join(dir, 'empty.srt');
    writeFileSync(empty, '');
    for (const film of [films.mkv, films.mp4, films.webm]) {
      const out = path.join(folder(), `x${path.extname(film)}`);
      const given = { tracks: [{ path: empty, language: 'hi' }, ...tracks] };
      await muxTo(out, film, given);
      const subtitles = (await listing(out)).filter((one) => one.startsWith('subtitle'));
      t.equal(subtitles.length, 3, 'a silent film has an empty track');
    }
    const binary = path.join(dir, 'binary.srt');
    writeFileSync(binary, Buffer.from([0x31, 0x0a, 0xff, 0xfe, 0xff]));
    const out = path.join(folder(), 'x.mkv');
    const latin = path.join(dir, 'latin.srt');
    writeFileSync(latin, Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nperd\xf3n\n', 'latin1'));
    await t.rejects(muxTo(out, films.mp4, { tracks: [{ path: latin, language: 'es' }] }), {
      message: /latin\.srt.*UTF-8/,
    });
  },
);
