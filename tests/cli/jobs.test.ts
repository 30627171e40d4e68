import { existsSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { modelsDir } from '../helpers/models.js';
import { runCli } from './run-cli.js';

const cwd = t.testdir();
const film = join(cwd, "it's a film.mp4");
await ffmpeg(
  '-f',
  'lavfi',
  '-i',
  'testsrc=size=64x48:rate=5:duration=11',
  '-i',
  audioPath('jfk.wav'),
  '-shortest',
  film,
);
const model = ['--model', 'tiny.en', '--models-dir', modelsDir.modelsDir, '--offline'];
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

void t.test(
  'when a film gets subtitles, it is a job that can be looked at and removed',
  async (t) => {
    const plan = await runCli(['subtitle', film, ...model, '--dry-run'], { cwd });
    t.equal(plan.status, 0, plan.stderr);
    t.match(plan.stdout, /translation +is skipped|asr +runs: it has not run yet/u);
    t.notOk(existsSync(join(cwd, 'out')), 'a dry run makes nothing');

    const run = await runCli(['subtitle', film, ...model], { cwd });
    t.equal(run.status, 0, run.stderr);
    t.match(run.stderr, /asr took/u);
    t.match(readFileSync(join(cwd, "it's a film.en.srt"), 'utf8'), /country/u);
    t.ok(existsSync(join(cwd, "it's a film.subtitled.mp4")));

    const list = await runCli(['jobs', 'list', '--json'], { cwd });
    const [{ jobs } = {}] = lines(list.stdout) as { jobs?: { id: string; state: string }[] }[];
    t.match(jobs, [{ state: 'completed', workflow: 'subtitle' }]);
    const id = jobs?.[0]?.id ?? '';
    const shown = await runCli(['jobs', 'show', id], { cwd });
    t.match(shown.stdout, /asr +completed[^]*translation +skipped[^]*mux +completed/u);

    const again = await runCli(['jobs', 'resume', id, '--json', '--overwrite'], { cwd });
    t.equal(again.status, 0, again.stderr);
    t.match(
      lines(again.stdout).find(({ stage }) => stage === 'asr'),
      { state: 'waiting' },
    );
    t.match(
      lines(again.stdout).findLast(({ stage }) => stage === 'asr'),
      { state: 'kept' },
    );

    const same = await runCli(['jobs', 'resume', id], { cwd });
    t.equal(same.status, 0, 'what was brought there before is no obstacle');
    await appendFile(join(cwd, "it's a film.en.srt"), '\n');
    const refused = await runCli(['jobs', 'resume', id], { cwd });
    t.equal(refused.status, 2, 'what somebody has changed is not replaced unasked');
    const named = await runCli(['jobs', 'resume', id, '--from', 'diarisation'], { cwd });
    t.match(named, { status: 2, stderr: /diarisation .* is not built yet/u });

    const cleaned = await runCli(['jobs', 'clean', '--checkpoints'], { cwd });
    t.match(cleaned, { status: 0, stderr: /removed \d+ checkpoints/u });
    t.match(await runCli(['jobs', 'clean'], { cwd }), {
      status: 2,
      stderr: /\[job\.\.\] is missing/u,
    });
    t.equal((await runCli(['jobs', 'clean', id], { cwd })).status, 0);
    t.match(await runCli(['jobs', 'show', id], { cwd }), { status: 2, stderr: /There is no job/u });
  },
);

void t.test(
  'when --json is asked for, standard output holds events and nothing else',
  async (t) => {
    const { status, stdout } = await runCli(['subtitle', film, ...model, '--json', '--overwrite'], {
      cwd,
    });
    t.equal(status, 0);
    const events = lines(stdout);
    t.match(events[0], { type: 'start' });
    t.match(events.at(-1), { type: 'done', status: 0, files: 1, failed: 0 });
    t.ok(events.some(({ type, stage }) => type === 'stage' && stage === 'mux'));
    t.match(
      events.findLast(({ type }) => type === 'job'),
      { state: 'completed', written: [String, String] },
    );
  },
);

void t.test(
  'when translations are asked for without a model, that is said before anything runs',
  async (t) => {
    const { status, stderr } = await runCli(['subtitle', film, '--targets', 'es'], { cwd });
    t.equal(status, 2);
    t.match(stderr, /--translate-model: is missing/u);
  },
);
