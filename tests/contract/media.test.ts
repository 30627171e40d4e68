import { execFile } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import type { AudioInput } from '../../src/media/input.js';
import { audioPath } from '../helpers/audio.js';
import { fakeFfmpeg, ffmpeg, wavOf } from '../helpers/media.js';
import { loadProbe, probe, tone } from '../helpers/probe.js';

const run = promisify(execFile);
const jfk = audioPath('jfk.wav');
const dir = t.testdir();
const at = (name: string): string => path.join(dir, name);
const recognizer = await loadProbe({ windowMs: 1 });
t.teardown(() => recognizer.close());

const temporary = process.env['TMPDIR'];
const tmp = t.testdir({ tmp: {} });
process.env['TMPDIR'] = path.join(tmp, 'tmp');
t.teardown(() => {
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
});

/** What the scripted engine hears: how long the audio is, and whether any of it is audible. */
async function hear(input: AudioInput, media: object = {}, signal?: AbortSignal) {
  const segments: { start: number; end: number }[] = [];
  const notes: string[] = [];
  const { duration, damage } = await probe(recognizer, input, {
    media,
    ...(signal ? { signal } : {}),
    onSegment: (segment) => segments.push(segment),
    onNote: (text) => notes.push(text),
  });
  return { duration, samples: Math.round(duration * 1.6e7) / 1_000, segments, notes, damage };
}

const rampSamples = 160_000;
/** Silence with one audible sample: a clip holds it or not, so a shift by one sample shows. */
const markAt = 80_001;
const mark = new Int16Array(rampSamples);
mark[markAt] = 20_000;
writeFileSync(at('mark.wav'), wavOf(mark));
await ffmpeg('-i', at('mark.wav'), at('mark.flac'));
await ffmpeg('-i', at('mark.wav'), '-c:a', 'pcm_s16le', at('mark.mkv'));
await ffmpeg('-i', at('mark.wav'), '-c:a', 'pcm_s16be', at('mark.mov'));
const video = ['-f', 'lavfi', '-i', 'color=s=16x16:r=5:d=11'];
await ffmpeg(...video, '-i', jfk, '-c:v', 'mpeg4', '-c:a', 'aac', at('film.mp4'));
const faststart = ['-c:v', 'mpeg4', '-c:a', 'aac', '-movflags', '+faststart'];
await ffmpeg(...video, '-i', jfk, ...faststart, at('fast.mp4'));

const bytes = (name: string): Buffer => readFileSync(at(name));
const kinds: Readonly<Record<string, () => AudioInput>> = {
  'a WAV file': () => at('mark.wav'),
  'a FLAC file': () => at('mark.flac'),
  'a Matroska file by ffmpeg': () => at('mark.mkv'),
  'a MOV file by ffmpeg': () => at('mark.mov'),
  'a file URL': () => pathToFileURL(at('mark.mkv')),
  'bytes of a WAV file': () => bytes('mark.wav'),
  'bytes of a MOV file by way of the disk': () => bytes('mark.mov'),
  'a stream of a FLAC file': () => createReadStream(at('mark.flac')),
  'a stream of a Matroska file': () => createReadStream(at('mark.mkv'), { highWaterMark: 999 }),
  samples: () => Float32Array.from(mark, (sample) => sample / 32_768),
  'a stream of samples': () => Readable.from([Float32Array.from(mark, (one) => one / 32_768)]),
};
for (const [kind, open] of Object.entries(kinds)) {
  t.test(`when ${kind} is clipped, the clip is exact to a sample`, async (t) => {
    const clip = async (first: number, end: number) => {
      const { samples, segments } = await hear(open(), {
        start: first / 16_000,
        end: end / 16_000,
      });
      t.equal(samples, end - first, `${first} to ${end}`);
      return segments.length;
    };
    t.equal(await clip(markAt, markAt + 4_000), 1, 'begins at the mark');
    t.equal(await clip(markAt + 1, markAt + 4_001), 0, 'begins behind it');
    // One way in is enough for the end; each of the others starts two programs a clip.
    if (kind.includes('ffmpeg') || kind.includes('disk') || kind.includes('URL')) return;
    t.equal(await clip(markAt - 4_000, markAt), 0, 'ends before it');
    t.equal(await clip(markAt - 4_000, markAt + 1), 1, 'ends behind it');
    t.equal((await hear(open())).samples, rampSamples, 'whole');
  });
}

t.test(
  'when a clip from 5 s to 8 s is asked for, it has 3 s and the times of the whole',
  async (t) => {
    for (const input of [jfk, at('film.mp4'), tone(11), createReadStream(at('fast.mp4'))]) {
      const { duration, segments } = await hear(input, { start: 5, end: '0:08' });
      t.equal(duration, 3);
      t.ok(segments.length > 0 && segments.every(({ start, end }) => start >= 5 && end <= 8));
    }
    t.equal((await hear(jfk, { end: 100 })).duration, 11, 'an end beyond the media is no mistake');
    for (const input of [jfk, at('mark.mkv'), tone(10)]) {
      await t.rejects(hear(input, { start: 11.5 }), {
        code: 'CPW_INVALID_OPTIONS',
        message: /start is at 11\.500 s, but the audio is only 1[01]\.000 s long\. Next step/,
      });
    }
  },
);

t.test(
  'when a stream is decoded by ffmpeg, the disk is used where it must and cleared',
  async (t) => {
    const whole = await hear(createReadStream(at('film.mp4')));
    t.ok(Math.abs(whole.duration - 11) < 0.1, `${whole.duration} s`);
    t.match(whole.notes, [/read whole.*0\.\d MB in a temporary file/]);
    const direct = await hear(createReadStream(at('fast.mp4')));
    t.ok(Math.abs(direct.duration - 11) < 0.1, `${direct.duration} s`);
    t.strictSame(direct.notes, []);
    const broken = Readable.from([bytes('film.mp4').subarray(0, 9_000)]);
    await t.rejects(hear(broken), { code: 'CPW_UNSUPPORTED_MEDIA', message: /^The stream is cut/ });
    t.strictSame(readdirSync(path.join(tmp, 'tmp')), [], 'no temporary file stays');
  },
);

t.test('when file names are odd, ffmpeg reads them as names', async (t) => {
  const names = ['-x.mkv', 'http:foo.mkv', `it's "odd" $(name) %03d.mkv`, 'a\nb 👋.mkv', 'pipe:0'];
  for (const name of names) {
    writeFileSync(at(name), bytes('mark.mkv'));
    t.equal((await hear(at(name), { end: 1 })).duration, 1, name);
  }
});

t.test('when a file has several tracks, one is taken by default, number or language', async (t) => {
  const second = ['-f', 'lavfi', '-i', 'sine=r=16000:d=2'];
  const tags = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'];
  const maps = ['-map', '0', '-map', '1', '-disposition:a:0', '0', '-disposition:a:1', 'default'];
  await ffmpeg('-i', jfk, ...second, ...maps, ...tags, '-c:a', 'pcm_s16le', at('two.mkv'));
  const { duration, notes } = await hear(at('two.mkv'));
  t.equal(duration, 2);
  t.match(notes, [/2 audio tracks: 1 \(eng, .*Taken: 2/]);
  const stream = (): Readable => createReadStream(at('two.mkv'));
  for (const input of [at('two.mkv'), stream(), bytes('two.mkv')]) {
    t.equal((await hear(input, { audioTrack: 'en' })).duration, 11);
  }
  t.equal((await hear(stream(), { audioTrack: 2 })).duration, 2);
  t.equal((await hear(jfk, { audioTrack: 1 })).duration, 11);
  const missing = { code: 'CPW_INVALID_OPTIONS', message: /no audio track .*It has: 1 \(/ };
  await t.rejects(hear(at('two.mkv'), { audioTrack: 3 }), missing);
  await t.rejects(hear(jfk, { audioTrack: 'fr' }), missing);
  await t.rejects(hear(tone(1), { audioTrack: 1 }), { message: /no effect on samples/ });
});

t.test('when a file that the addon decodes is cut, what is there counts and is told', async (t) => {
  for (const whole of [jfk, audioPath('fr-miserables.flac')]) {
    const { duration, damage } = await hear(whole);
    t.equal(damage, '', whole);
    const half = readFileSync(whole);
    writeFileSync(at('half'), half.subarray(0, Math.floor(half.length / 2)));
    const cut = await hear(at('half'));
    t.ok(cut.duration > duration * 0.3 && cut.duration < duration * 0.7, `${cut.duration} s`);
    t.match(cut.damage, /half.* is not whole: .*What could be decoded is used/u, whole);
  }
});

t.test('when media cannot be read, each error says why', async (t) => {
  const refused = async (input: AudioInput, message: RegExp, code = 'CPW_UNSUPPORTED_MEDIA') => {
    const error = await t.rejects(hear(input), { code, message });
    return error;
  };
  await ffmpeg(...video, '-c:v', 'mpeg4', at('silent.mp4'));
  await refused(at('silent.mp4'), /silent\.mp4" has no audio track: it holds only video/);
  for (const [name, share] of [
    ['fast.mp4', 0.6],
    ['mark.mkv', 0.6],
    ['film.mp4', 0.9],
  ] as const) {
    writeFileSync(at('cut'), bytes(name));
    truncateSync(at('cut'), Math.floor(statSync(at(name)).size * share));
    await refused(at('cut'), /cut" is cut/);
  }
  writeFileSync(at('empty.mp4'), '');
  await refused(at('empty.mp4'), /it is empty/);
  await refused(Readable.from([]), /it is empty/);
  writeFileSync(at('notes.txt'), 'words and nothing else');
  await refused(at('notes.txt'), /notes\.txt" is no audio or video/);
  writeFileSync(
    at('list.m3u8'),
    `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${at('fast.mp4')}\n#EXT-X-ENDLIST\n`,
  );
  writeFileSync(at('list.ffconcat'), 'ffconcat version 1.0\nfile mark.mkv\n');
  for (const list of ['list.m3u8', 'list.ffconcat']) await refused(at(list), /is a playlist/);
  const key = ['-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb'];
  const scheme = [
    '-encryption_scheme',
    'cenc-aes-ctr',
    '-encryption_kid',
    'a7e61c373e219033c21091fa607bf3b8',
  ];
  await ffmpeg('-i', jfk, '-c:a', 'aac', ...scheme, ...key, at('locked.mp4'));
  await refused(at('locked.mp4'), /locked\.mp4" is encrypted/);
  await refused(dir, /is a folder/, 'CPW_FILE_NOT_FOUND');
  const missing = hear(at('film.mp4'), { ffmpeg: '/nowhere/ffmpeg' });
  await t.rejects(missing, { code: 'CPW_MEDIA_TOOL_FAILED', message: /MP4.*not found.*install/ });
});

t.test('when a named pipe is given, it is read, and waited for without blocking', async (t) => {
  await run('mkfifo', [at('fifo')]);
  const reading = hear(at('fifo'));
  const writing = run('cp', [at('mark.mkv'), at('fifo')]);
  t.equal((await reading).samples, rampSamples);
  await writing;
  const controller = new AbortController();
  const waiting = hear(at('fifo'), {}, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await t.rejects(waiting, { message: 'enough' });
});

t.test('when a signal aborts before a stream has given anything, the call ends', async (t) => {
  const before = new Readable({ read: () => undefined });
  await t.rejects(hear(before, {}, AbortSignal.abort(new Error('before'))), { message: 'before' });
  for (const begun of [[], [Buffer.from('RIF')], [bytes('fast.mp4').subarray(0, 5_000)]]) {
    const silent = new Readable({ read: () => undefined });
    for (const chunk of begun) silent.push(chunk);
    const controller = new AbortController();
    const running = hear(silent, {}, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await t.rejects(running, { message: 'enough' });
    t.ok(silent.destroyed, 'the stream is let go');
  }
});

t.test('when a call is aborted or fails, ffmpeg is gone and no file stays', async (t) => {
  // Four question marks are the float .747: audible, or no window would be decoded.
  const pidFile = at('pid');
  const endless = fakeFfmpeg(dir, `echo $$ > '${pidFile}'; exec tr '\\000' '?' < /dev/zero`);
  const gone = (): boolean => {
    try {
      return !process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    } catch {
      return true;
    }
  };
  const controller = new AbortController();
  const running = probe(recognizer, at('film.mp4'), {
    media: { ffmpeg: endless },
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await t.rejects(running, { message: 'enough' });
  t.ok(existsSync(pidFile) && gone(), 'after an abort');
  const failing = await loadProbe({ failAtWindow: 1 });
  const failed = probe(failing, createReadStream(at('film.mp4')), { media: { ffmpeg: endless } });
  await t.rejects(failed, { code: 'CPW_INFERENCE_FAILED' });
  failing.close();
  t.ok(gone(), 'after a failure');
  t.equal((await hear(at('film.mp4'), { ffmpeg: endless, end: 65 })).duration, 65);
  t.ok(gone(), 'after the end of a clip');
  t.strictSame(readdirSync(path.join(tmp, 'tmp')), []);
});
