import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { audioPath } from '../helpers/audio.js';
import { fakeFfmpeg, ffmpeg } from '../helpers/media.js';
import { wordErrors } from '../helpers/word-error-rate.js';
import { runCli, startCli } from './run-cli.js';

const jfk = audioPath('jfk.wav');
const spoken =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
const cwd = t.testdir();
const tiny = ['--model', 'tiny.en'];

const picture = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=5:d=11'];
const forms: Readonly<Record<string, readonly string[]>> = {
  'film.mp4': [...picture, '-i', jfk, '-c:v', 'mpeg4', '-c:a', 'aac'],
  'surround.mkv': ['-i', jfk, '-c:a', 'ac3', '-ac', '2', '-ar', '48000'],
  'web.webm': ['-i', jfk, '-c:a', 'libopus'],
  'apple.m4a': ['-i', jfk, '-c:a', 'alac'],
  'voice.opus': ['-i', jfk, '-c:a', 'libopus'],
};

t.test('when media are of many forms, all have the text of the WAV file', async (t) => {
  for (const [name, args] of Object.entries(forms)) await ffmpeg(...args, path.join(cwd, name));
  const names = Object.keys(forms);
  const args = ['transcribe', ...names, ...tiny, '--format', 'json'];
  const { status, stderr } = await runCli(args, { cwd });
  t.equal(status, 0, stderr);
  for (const name of names) {
    const file = path.join(cwd, `${path.parse(name).name}.json`);
    const { segments, duration } = parseTranscript(readFileSync(file, 'utf8'));
    const text = segments.map((segment) => segment.text).join(' ');
    t.ok(wordErrors(spoken, text).errors <= 1, `${name}: ${text}`);
    t.ok(Math.abs(duration - 11) < 0.1, `${name}: ${duration} s`);
  }
});

t.test('when a clip is asked for, its subtitles fit the whole recording', async (t) => {
  const args = ['transcribe', 'film.mp4', ...tiny, '--start', '0:03', '--end', '8'];
  const out = ['--format', 'json,srt', '--output-dir', 'clip'];
  const { status, stderr } = await runCli([...args, ...out], { cwd });
  t.equal(status, 0, stderr);
  const transcript = parseTranscript(readFileSync(path.join(cwd, 'clip/film.json'), 'utf8'));
  t.match(transcript, { start: 3, duration: 5 });
  t.match(readFileSync(path.join(cwd, 'clip/film.srt'), 'utf8'), /^1\n00:00:0[345],/);
  t.match(transcript.segments.map(({ text }) => text).join(' '), /ask not what your country/i);
});

t.test(
  'when standard input is media for ffmpeg, it is read; an empty one is an error',
  async (t) => {
    for (const name of ['film.mp4', 'web.webm']) {
      const input = readFileSync(path.join(cwd, name));
      const { status, stdout, stderr } = await runCli(['transcribe', '-', ...tiny], { input });
      t.equal(status, 0, stderr);
      t.ok(wordErrors(spoken, stdout).errors <= 1, `${name}: ${stdout}`);
    }
    const empty = await runCli(['transcribe', '-', ...tiny], { input: Buffer.alloc(0) });
    t.match(empty, { status: 2, stdout: '', stderr: /it is empty/ });
  },
);

t.test('when options or tools are wrong, the status says whose fault it is', async (t) => {
  const said = async (...args: readonly string[]) =>
    runCli(['transcribe', 'film.mp4', ...tiny, ...args], { cwd });
  t.match(await said('--start', '5', '--end', '3'), {
    status: 2,
    stderr: /--end: 3 s is not after/,
  });
  t.match(await said('--start', '1:75'), { status: 2, stderr: /--start: "1:75" is not a time/ });
  t.match(await said('--start', '60'), { status: 2, stderr: /only 11\.\d+ s long/ });
  t.match(await said('--audio-track', '2'), { status: 2, stderr: /no audio track 2.*It has: 1/ });
  t.match(await said('--ffmpeg', './none/ffmpeg'), { status: 4, stderr: /not found.*apt-get/ });
  const failing = fakeFfmpeg(cwd, 'head -c 64000 /dev/zero; echo boom >&2; exit 1');
  const failed = await said('--ffmpeg', failing, '--format', 'all', '--output-dir', 'none');
  t.match(failed, {
    status: 4,
    stdout: '',
    stderr: /exit status 1\): boom.*CPW_MEDIA_TOOL_FAILED/s,
  });
  const byPath = await runCli(['transcribe', 'film.mp4', ...tiny], {
    cwd,
    env: { PATH: '/nowhere' },
  });
  t.match(byPath, { status: 4, stderr: /MP4.*read by ffmpeg, but "ffmpeg" was not found/ });
  const url = await runCli(['transcribe', 'https://example.org/film.mp4', ...tiny], { cwd });
  t.match(url, { status: 2, stderr: /is a URL.*download it first/ });
});

t.test('when Ctrl-C comes while ffmpeg decodes, neither stays', async (t) => {
  const pidFile = path.join(cwd, 'pid');
  const slow = fakeFfmpeg(cwd, `echo $$ > '${pidFile}'; exec tr '\\000' '?' < /dev/zero`);
  const cli = startCli(['transcribe', 'film.mp4', ...tiny, '--no-vad', '--ffmpeg', slow], { cwd });
  while (!readableText(pidFile)) await new Promise((resolve) => setImmediate(resolve));
  cli.child.kill('SIGINT');
  t.match(await cli.result, { status: 130, signal: null });
  t.throws(() => process.kill(Number(readableText(pidFile)), 0), { code: 'ESRCH' });
});

function readableText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
