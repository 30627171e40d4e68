import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { decodeWithFfmpeg, type FfmpegInput } from '../../src/media/ffmpeg.js';
import { fakeFfmpeg, ffmpeg, wavOf } from '../helpers/media.js';

async function collect(given: Omit<FfmpegInput, 'name'>): Promise<Float32Array> {
  const name = 'path' in given.from ? JSON.stringify(given.from.path) : 'The stream';
  const audio = decodeWithFfmpeg({ ...given, name });
  const parts: Float32Array[] = [];
  try {
    for await (const part of audio.samples) parts.push(part);
  } finally {
    await audio.stop();
  }
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

t.test('when ffmpeg decodes PCM, every sample arrives as it was, whole or limited', async (t) => {
  const dir = t.testdir();
  const ramp = Int16Array.from({ length: 100_003 }, (_, i) => (i % 60_000) - 30_000);
  const wav = path.join(dir, 'ramp.wav');
  writeFileSync(wav, wavOf(ramp));
  for (const [name, codec] of [
    ['a.mkv', 'pcm_s16le'],
    ['b.mkv', 'flac'],
    ['c.mov', 'pcm_s16be'],
  ] as const) {
    const file = path.join(dir, name);
    await ffmpeg('-i', wav, '-c:a', codec, file);
    const samples = await collect({ ffmpeg: 'ffmpeg', from: { path: file }, track: 1 });
    t.equal(samples.length, ramp.length, name);
    t.ok(
      samples.every((sample, i) => sample * 32_768 === ramp[i]),
      `${name}: exact`,
    );
  }
  const limited = await collect({ ffmpeg: 'ffmpeg', from: { path: wav }, limit: 54_321 });
  t.equal(limited.length, 54_321);
  const piped = {
    bytes: Readable.from(readFileSync(path.join(dir, 'a.mkv')), { objectMode: false }),
  };
  const samples = await collect({ ffmpeg: 'ffmpeg', from: piped });
  t.ok(samples.length === ramp.length && samples.every((sample, i) => sample * 32_768 === ramp[i]));
});

t.test('when sound begins late in a video, it keeps its place', async (t) => {
  const dir = t.testdir();
  const file = path.join(dir, 'late.mkv');
  const wav = path.join(dir, 'loud.wav');
  writeFileSync(wav, wavOf(new Int16Array(16_000).fill(20_000)));
  const video = ['-f', 'lavfi', '-i', 'color=s=16x16:r=10:d=3'];
  await ffmpeg(
    ...video,
    '-itsoffset',
    '1.5',
    '-i',
    wav,
    '-c:v',
    'mpeg4',
    '-c:a',
    'pcm_s16le',
    file,
  );
  const samples = await collect({ ffmpeg: 'ffmpeg', from: { path: file } });
  t.equal(samples.length, 40_000);
  t.ok(samples.subarray(0, 24_000).every((sample) => sample === 0));
  t.ok(samples.subarray(24_000).every((sample) => sample > 0.5));
});

t.test(
  'when ffmpeg fails on the way or stops early, it is an error and never a short end',
  async (t) => {
    const dir = t.testdir();
    const from = { path: path.join(dir, 'film.mp4') };
    const second = 'head -c 64000 /dev/zero';
    const failing = fakeFfmpeg(
      dir,
      `${second}; echo "[aac @ 0x55d8c1] the disk went away" >&2; exit 1`,
    );
    await t.rejects(collect({ ffmpeg: failing, from }), {
      code: 'CPW_MEDIA_TOOL_FAILED',
      message:
        /film\.mp4": ffmpeg failed \(exit status 1\): \[aac\] the disk went away\. Next step/,
    });
    const killed = fakeFfmpeg(dir, `${second}; kill -SEGV $$`);
    await t.rejects(collect({ ffmpeg: killed, from }), { message: /ended by SIGSEGV/ });
    const short = fakeFfmpeg(dir, second);
    await t.rejects(collect({ ffmpeg: short, from, expectedEndS: 3 }), {
      code: 'CPW_UNSUPPORTED_MEDIA',
      message: /is cut: its audio breaks off at 1\.0 s of 3\.0 s.*--end 1\)/,
    });
    t.equal((await collect({ ffmpeg: short, from, expectedEndS: 1.9 })).length, 16_000);
    t.equal(
      (await collect({ ffmpeg: short, from, expectedEndS: 3, limit: 16_000 })).length,
      16_000,
    );
    const grumbling = fakeFfmpeg(dir, `${second}; echo "a bad frame" >&2`);
    const notes: string[] = [];
    await collect({ ffmpeg: grumbling, from, onNote: (text) => notes.push(text) });
    t.match(notes, [/film\.mp4": ffmpeg met a problem, which may have left gaps: a bad frame/]);
    await t.rejects(collect({ ffmpeg: fakeFfmpeg(dir, 'exit 0'), from }), { message: /no audio/ });
    await t.rejects(collect({ ffmpeg: '/nowhere/ffmpeg', from }), { message: /was not found/ });
  },
);

t.test('when the stream that feeds ffmpeg fails, its own error is told', async (t) => {
  const bytes = (async function* fail() {
    yield Buffer.from('\x1A\x45\xDF\xA3', 'latin1');
    throw new Error('the network went away');
  })();
  await t.rejects(collect({ ffmpeg: 'ffmpeg', from: { bytes } }), {
    code: 'CPW_UNSUPPORTED_MEDIA',
    message: /The input stream failed: the network went away/,
  });
});
