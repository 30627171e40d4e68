import t from 'tap';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logLineSchema } from '../../src/cli/log-schema.js';
import { audioPath } from '../helpers/audio.js';
import { runCli, startInTerminal } from './run-cli.js';

const cwd = t.testdir();
const jfk = audioPath('jfk.wav');
const tiny = ['--model', 'tiny.en', '--offline'];

function linesOf(text: string): ReturnType<typeof logLineSchema.parse>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => logLineSchema.parse(JSON.parse(line)));
}

t.test('when a job is logged, each stage tells its end with its ids, and no word', async (t) => {
  const args = ['subtitle', jfk, '--source', 'en', ...tiny, '--to', 'export', '--quiet'];
  const { status, stderr } = await runCli([...args, '--log-file', 'log/cpw.log'], { cwd });
  t.match({ status, stderr }, { status: 0, stderr: '' });
  const text = readFileSync(join(cwd, 'log/cpw.log'), 'utf8');
  const lines = linesOf(text);
  const ends = lines.filter(({ msg }) => msg === 'Processing complete');
  const asr = ends.find(({ stage }) => stage === 'asr');
  t.match(asr, {
    level: 'info',
    file: jfk,
    duration_seconds: Number,
    segments_count: Number,
    job_id: /^\d{4}\/\d\d\/\d\d\/.+\/1$/u,
    correlation_id: /^[0-9a-f-]{36}$/u,
  });
  t.equal(new Set(ends.map((one) => one.correlation_id)).size, 1);
  const measured = lines.filter(({ msg }) => msg === 'Performance metrics');
  t.equal(measured.length, ends.length);
  t.match(measured[0], { stage: String, duration_seconds: Number, memory_mb: Number });
  t.match(measured[0], { timestamp: /^\d{4}-/u, job_id: asr?.job_id });
  t.notMatch(text, /country|americans/iu);
});

t.test('when engines are asked to tell more, their lines join at their level', async (t) => {
  const args = ['transcribe', jfk, ...tiny, '--engine', 'whisper', '--log-level', 'debug'];
  const { status, stderr } = await runCli([...args, '--quiet'], { cwd });
  t.equal(status, 0, stderr);
  const lines = linesOf(stderr);
  t.ok(lines.some(({ component, level }) => component === 'engine' && level === 'debug'));
  t.match(lines.at(-1), { msg: 'Processing complete', stage: 'asr', segments_count: Number });
  t.notMatch(stderr, /country/iu);
});

t.test('when the log goes to a terminal, it is for people', async (t) => {
  const args = ['transcribe', jfk, ...tiny, '--log-level', 'info'];
  const { stdout } = await startInTerminal(args, { cwd }).result;
  t.match(stdout, /\d\d:\d\d:\d\d \S*info \S* Processing complete file=/u);
  t.notMatch(stdout, '"level"');
});

t.test('when a log is wrong, nothing is computed', async (t) => {
  const args = ['transcribe', jfk, ...tiny, '--log-file', `${jfk}/x.log`];
  t.match(await runCli(args, { cwd }), {
    status: 2,
    stdout: '',
    stderr: /The log cannot be written.*Next step/,
  });
  const schema = await runCli(['config', 'schema', '--for', 'log']);
  t.match(JSON.parse(schema.stdout), { properties: { correlation_id: {}, msg: {} } });
});
