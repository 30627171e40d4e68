import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { audioPath } from '../helpers/audio.js';
import { wordErrors } from '../helpers/word-error-rate.js';
import { runCli } from './run-cli.js';

const jfk = audioPath('jfk.wav');
const spoken =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
const tiny = ['--model', 'tiny.en'];

t.test(
  'when transcribe runs as a job, its files are delivered and it can be resumed',
  async (t) => {
    const cwd = t.testdir();
    const args = ['transcribe', jfk, ...tiny, '--format', 'srt'];
    const first = await runCli([...args, '--as-job', '--json'], { cwd });
    t.equal(first.status, 0, first.stderr);
    t.same(readdirSync(cwd), ['jfk.srt', 'out']);
    const srt = readFileSync(path.join(cwd, 'jfk.srt'), 'utf8');
    const text = parseSubtitles(srt, { name: 'jfk.srt' }).flatMap(({ lines }) => lines);
    t.ok(wordErrors(spoken, text.join(' ')).errors <= 1, text.join(' '));
    const events = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    t.match(
      events.filter((one) => 'job' in one),
      [{ state: 'begun' }, { state: 'completed', written: ['jfk.srt'] }],
    );

    const again = await runCli([...args, '--resume', '--overwrite', '--json'], { cwd });
    t.equal(again.status, 0, again.stderr);
    const states = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    t.notOk(
      states.some((one) => 'stage' in one && 'state' in one && one.state === 'running'),
      'nothing that is finished runs again',
    );
  },
);

t.test('when a job has no format, its text is on standard output', async (t) => {
  const cwd = t.testdir();
  const { status, stdout, stderr } = await runCli(['transcribe', jfk, ...tiny, '--as-job'], {
    cwd,
  });
  t.equal(status, 0, stderr);
  t.ok(wordErrors(spoken, stdout).errors <= 1, stdout);
  t.same(readdirSync(cwd), ['out']);
});

t.test('when a job cannot be what was asked, the command says so before one is made', async (t) => {
  const cwd = t.testdir();
  const piped = await runCli(['transcribe', '-', '--as-job'], { cwd });
  t.match(piped, { status: 2, stderr: /standard input cannot be a job.*name a file/u });
  const wrong = ['--model', 'bose', '--offline'];
  const missing = await runCli(['subtitle', jfk, ...wrong], { cwd });
  t.match(missing, { status: 3, stderr: /bose/u });
  t.same(readdirSync(cwd), [], 'no job was begun');
});

t.test('when jobs are only planned, models and files are looked at', async (t) => {
  const cwd = t.testdir();
  const targets = ['--targets', 'es', '--translate-model', 'demo', '--dry-run'];
  const good = await runCli(['subtitle', jfk, ...tiny, ...targets], { cwd });
  t.equal(good.status, 0, good.stderr);
  t.match(
    good.stdout,
    /model tiny\.en: present.*\nmodel silero-vad: present.*\nmodel demo: present/u,
  );
  t.match(good.stdout, /asr +runs: it has not run yet/u);
  t.match(good.stdout, /The run would start\.\n$/u);
  const offline = ['--model', 'small', '--offline', '--models-dir', path.join(cwd, 'none')];
  const bad = await runCli(['subtitle', jfk, 'gone.mp4', ...offline, '--dry-run'], { cwd });
  t.equal(bad.status, 3, 'a missing model is worse than a missing file');
  t.match(bad.stdout, /model small: .*\n/u);
  t.match(bad.stdout, /The run would not start\.\n$/u);
  t.match(bad.stderr, /gone\.mp4/u);
  t.same(readdirSync(cwd), []);
});
