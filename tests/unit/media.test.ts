import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import type { CpwError } from '../../src/errors.js';
import { abortable } from '../../src/media/abortable.js';
import { checkFile } from '../../src/media/check-file.js';
import { isoOrder, isStreamable } from '../../src/media/iso-media.js';
import { probeMedia } from '../../src/media/probe.js';
import { runProgram, startProgram } from '../../src/media/program.js';
import { spool } from '../../src/media/spool.js';
import { findTools } from '../../src/media/tools.js';
import { chooseTrack } from '../../src/media/tracks.js';
import { mediaOptionsSchema } from '../../src/options/media.js';
import { parseOptions } from '../../src/options/parse.js';
import { fakeFfmpeg } from '../helpers/media.js';

const tools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

function parse(options: unknown) {
  return parseOptions(mediaOptionsSchema, options, { subject: 'transcribe' });
}

/** Aborts in a moment; unlike AbortSignal.timeout() it keeps the process alive for it. */
function soon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('soon')), 10);
  return controller.signal;
}

t.test('when a time is no time, the error says how it is written', async (t) => {
  for (const start of ['', 'x', '5m', '1:60', '1:60:00', '-1', -1, '1:2:3:4', 1e9, '1e3', ':5']) {
    t.throws(() => parse({ start }), { code: 'CPW_INVALID_OPTIONS', message: /start: .*1:30\.5/ });
  }
  t.throws(() => parse({ start: NaN }), { code: 'CPW_INVALID_OPTIONS' });
  const wrong = { start: 4, end: 4 };
  t.throws(() => parse(wrong), { message: /end: 4 s is not after start, 4 s/ });
  t.throws(() => parse({ end: 0 }), { message: /not after start/ });
  t.throws(() => parse({ audioTrack: 0 }), { message: /audioTrack/ });
  t.throws(() => parse({ audioTrack: 'german' }), { message: /audioTrack/ });
  t.throws(() => parse({ ffmpeg: '' }), { message: /ffmpeg: .*is empty/ });
});

t.test('when times are given in any form, they are seconds', async (t) => {
  const times = {
    '90.5': 90.5,
    '1:30.5': 90.5,
    '0:01:30.5': 90.5,
    '90:00': 5400,
    '100:00:00': 36e4,
  };
  for (const [start, seconds] of Object.entries(times)) t.equal(parse({ start }).start, seconds);
  t.match(parse({}), { start: 0, ffmpeg: 'ffmpeg' });
  t.equal(parse({ start: 5, end: '0:08' }).end, 8);
});

t.test('when a path is no file with read permission, the error says what it is', async (t) => {
  const dir = t.testdir({ 'secret.mp4': 'x', 'ok.mp4': 'x' });
  const refused = async (name: string, message: RegExp) => {
    await t.rejects(checkFile(name), { code: 'CPW_FILE_NOT_FOUND', message });
  };
  await refused(dir, /is a folder.*Next step: name the files in it/);
  await refused('/dev/zero', /is a device.*standard input/);
  await refused(path.join(dir, 'none.mp4'), /no such file/);
  await refused(
    'https://me:password@example.org/a.mp4?token=1',
    /^The input is a URL \(https:\/\/…\)/,
  );
  const error: unknown = await checkFile('https://me:password@x.org').catch(
    (cause: unknown) => cause,
  );
  t.notMatch((error as CpwError).message, /password|x\.org/);
  chmodSync(path.join(dir, 'secret.mp4'), 0);
  if (process.getuid?.() === 0) t.comment('root may read every file: permission is not tested');
  else await refused(path.join(dir, 'secret.mp4'), /permission denied/);
  t.equal(await checkFile(path.join(dir, 'ok.mp4')), 'file');
  const { status } = await runProgram('mkfifo', [path.join(dir, 'pipe')], { timeoutMs: 5_000 });
  t.equal(status, 0);
  t.equal(await checkFile(path.join(dir, 'pipe')), 'pipe');
});

t.test('when ffmpeg is missing, old, another program or silent, the error says so', async (t) => {
  const need = 'a.mp4 is an MP4 file, which is read by ffmpeg';
  const failed = async (name: string, message: RegExp, timeoutMs = 10_000) => {
    const found = findTools(name, { need, timeoutMs });
    await t.rejects(found, { code: 'CPW_MEDIA_TOOL_FAILED', message });
  };
  await failed('/nowhere/ffmpeg', /a\.mp4 is .*not found\. Next step: install ffmpeg .*--ffmpeg/);
  const dir = t.testdir({ plain: 'no program' });
  await failed(path.join(dir, 'plain'), /cannot be started/);
  const script = (name: string, body: string) => {
    writeFileSync(path.join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return path.join(dir, name);
  };
  await failed(
    script('old', 'echo "ffmpeg version 3.4.8-0ubuntu0.2"'),
    /3\.4\.8.* is too old.*4\.0/,
  );
  await failed(script('other', 'echo hello; exit 3'), /does not answer as ffmpeg.*exit status 3/);
  await failed(script('hung', 'exec sleep 60'), /gave no answer within 0\.1 s/, 100);
  const source = script('git', 'echo "ffmpeg version N-112233-gabcdef"');
  t.equal((await findTools(source, { need })).ffmpeg, source);
  t.match(await findTools('ffmpeg', { need }), tools);
  t.equal((await findTools(fakeFfmpeg(dir, ''), { need })).ffprobe, path.join(dir, 'ffprobe'));
  const hung = probeMedia(
    'x.mp4',
    { ...tools, ffprobe: path.join(dir, 'hung') },
    { name: 'x', timeoutMs: 100 },
  );
  await t.rejects(hung, { code: 'CPW_MEDIA_TOOL_FAILED', message: /no answer within 0\.1 s/ });
});

t.test('when a program does not obey SIGTERM, it is killed and waited for', async (t) => {
  const program = startProgram('/bin/sh', [
    '-c',
    "trap '' TERM; echo on; while :; do sleep 1; done",
  ]);
  await new Promise((resolve) => program.stdout.once('data', resolve));
  await program.stop();
  t.match(await program.ended.then((end) => end), { signal: 'SIGKILL' });
  await program.stop();
});

t.test('when tracks are chosen, the default comes first and missing ones are listed', async (t) => {
  const plain = { codec: 'aac', channels: 2, isDefault: false };
  const track = (number: number, more: object) => ({ ...plain, number, ...more });
  const tracks = [
    track(1, { language: 'eng' }),
    track(2, { language: 'ger', title: 'Kommentar', isDefault: true }),
    track(3, { language: 'pt-BR', channels: 1 }),
  ];
  const info = { format: 'matroska', tracks, otherKinds: ['video'] };
  const chosen = (asked?: number | string) => chooseTrack('a.mkv', info, asked);
  t.throws(() => chosen(4), {
    code: 'CPW_INVALID_OPTIONS',
    message: /no audio track 4.*1 \(eng, aac, 2 channels\), 2 \(ger, "Kommentar", .*1 channel\)/,
  });
  t.throws(() => chosen('fr'), { message: /no audio track fr/ });
  t.throws(() => chooseTrack('a.mp4', { ...info, tracks: [] }, undefined), {
    code: 'CPW_UNSUPPORTED_MEDIA',
    message: /no audio track: it holds only video/,
  });
  t.equal(chosen().track.number, 2);
  t.match(chosen().note, /3 audio tracks.*Taken: 2.*--audio-track/);
  for (const [asked, number] of [
    ['en', 1],
    ['de', 2],
    ['deu', 2],
    ['pt', 3],
    [3, 3],
  ] as const) {
    t.equal(chosen(asked).track.number, number, String(asked));
  }
  t.equal(chooseTrack('a.mkv', { ...info, tracks: tracks.slice(0, 1) }, undefined).note, undefined);
});

t.test('when an MP4 comes by a pipe, its boxes tell whether it can be read', async (t) => {
  const box = (type: string, size: number) => {
    const bytes = Buffer.alloc(size);
    bytes.writeUInt32BE(size);
    bytes.write(type, 4, 'latin1');
    return bytes;
  };
  t.equal(isoOrder(Buffer.concat([box('ftyp', 24), box('moov', 100)])), 'index-first');
  t.equal(
    isoOrder(Buffer.concat([box('ftyp', 24), box('free', 16), box('mdat', 99)])),
    'index-last',
  );
  t.equal(isoOrder(box('ftyp', 24)), 'more');
  t.equal(isoOrder(new Uint8Array(40)), 'index-last');
  t.ok(isStreamable(Buffer.from([0x1a, 0x45, 0xdf, 0xa3])));
  t.notOk(isStreamable(box('ftyp', 24)));
});

t.test('when a stream is spooled, its file is private and removed', async (t) => {
  const dir = t.testdir();
  const temporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = dir;
  t.teardown(() => {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
  });
  const spooled = await spool(Readable.from([Buffer.from('ab'), Buffer.from('c')]));
  t.equal(readFileSync(spooled.path, 'utf8'), 'abc');
  t.equal(statSync(spooled.path).mode & 0o777, 0o600);
  await spooled.remove();
  const boom = Readable.from(
    (async function* fail() {
      yield Buffer.from('x');
      throw new Error('boom');
    })(),
  );
  await t.rejects(spool(boom), { message: 'boom' });
  const silent = new Readable({ read: () => undefined });
  await t.rejects(spool(silent, soon()), { message: 'soon' });
  t.strictSame(readdirSync(dir), []);
});

t.test('when a signal aborts, what is waited for is left', async (t) => {
  await t.rejects(abortable(new Promise(() => undefined), soon()), {
    message: 'soon',
  });
  await t.rejects(abortable(Promise.reject(new Error('late')), AbortSignal.abort('now')), 'now');
  t.equal(await abortable(Promise.resolve(3), new AbortController().signal), 3);
});
