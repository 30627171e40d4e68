import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { audioPath } from '../helpers/audio.js';
import { runCli } from './run-cli.js';

const packageJson = { version: /^\d+\.\d+\.\d+\n$/ };

/** The one line of JSON on standard error. */
function jsonError(stderr: string): unknown {
  t.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  return JSON.parse(stderr);
}

t.test('when flags are wrong, all are named with suggestions and the status is 2', async (t) => {
  const args = [
    'transcribe',
    'x.wav',
    '--modle',
    'base',
    '--threads',
    '0',
    '--language',
    'English',
  ];
  const { status, stdout, stderr } = await runCli([...args, '--no-vad', '--vad-threshold', '2']);
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, /--modle: is not an option; did you mean --model\?/);
  t.match(stderr, /--threads: 0 cannot be taken; expected auto or a whole number from 1 to 1024/);
  t.match(stderr, /--language: "English" is not a language code/);
  t.match(stderr, /--vad-threshold: has no effect with --no-vad/);
  t.match(stderr, /CPW_INVALID_OPTIONS/);
  t.notMatch(stderr, /\n +at /, 'no stack');
});

t.test('when a file begins with a dash, the error names it and says what to do', async (t) => {
  const cwd = t.testdir({ '-dash.wav': '', 'b.wav': '' });
  const { status, stderr } = await runCli(['transcribe', '-dash.wav', 'b.wav'], { cwd });
  t.equal(status, 2);
  t.match(stderr, /-dash\.wav: is a file here.*put -- before/);
});

t.test('when the command is missing, unknown or incomplete, the status is 2', async (t) => {
  const cases: [string[], RegExp][] = [
    [
      [],
      /name a command: transcribe, translate, subtitle, serve, health, jobs, models, config, secrets, backup, completion, doctor, bench/,
    ],
    [['transcrib', 'x.wav'], /"transcrib" is not a command; did you mean transcribe\?/],
    [['transcribe'], /<media\.\.> is missing/],
    [['models'], /choose one of list, pull, import, verify, remove, path, convert/],
    [['models', 'lst'], /did you mean list\?/],
    [['models', 'convert', 'x'], /--to: is missing; expected one of ctranslate2, /],
    [['transcribe', 'x.wav', '--model'], /--model: needs a value/],
    [['doctor', 'x'], /too much: x/],
    [['confg', 'show'], /did you mean config\?/],
    [['completion', 'bahs'], /did you mean bash\?/],
    [['transcribe', 'x.wav', '--engine', 'ctranslate'], /did you mean ctranslate2\?/],
    [['transcribe', 'x.wav', '--format', 'txt,strt'], /did you mean srt\?/],
    [
      ['transcribe', 'x.wav', '--quiet=yes'],
      /--quiet: "yes" cannot be taken; expected true or false/,
    ],
    [['transcribe', 'x.wav', '-z'], /-z: is not an option/],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await runCli(args);
    t.equal(status, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
  }
});

t.test('when help or the version is asked for, they go to standard output', async (t) => {
  const help = await runCli(['--help']);
  t.match(help, { status: 0, stderr: '', stdout: /transcribe .*models .*doctor/s });
  t.match(help.stdout, /Examples:/);
  const transcribe = await runCli(['transcribe', '--help']);
  t.equal(transcribe.status, 0);
  t.match(transcribe.stdout, /--vad-speech-pad-ms .*\[default: 200\]/s);
  t.match(transcribe.stdout, /Examples:.*CPW_VAD_THRESHOLD.*Exit status/s);
  for (const command of ['models convert', 'config show', 'config check', 'completion']) {
    const { status, stdout } = await runCli([...command.split(' '), '--help']);
    t.equal(status, 0);
    t.ok(stdout.startsWith(`cpw-native ${command}`), command);
  }
  const longest = Math.max(...transcribe.stdout.split('\n').map((line) => line.length));
  t.ok(longest <= 100, `${longest} columns`);
  t.match(await runCli(['--version']), { status: 0, stdout: packageJson.version, stderr: '' });
});

t.test('when a file is missing, the status is 2 and --json says so in one line', async (t) => {
  const plain = await runCli(['transcribe', 'no/such file.wav']);
  t.match(plain, {
    status: 2,
    stdout: '',
    stderr: /"no\/such file\.wav" cannot be read \(no such file\)/,
  });
  const { status, stdout, stderr } = await runCli(['transcribe', t.testdirName, '--json']);
  t.equal(status, 2);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  t.match(events, [
    { type: 'start', files: [t.testdirName] },
    { type: 'error', file: t.testdirName, code: 'CPW_FILE_NOT_FOUND', stage: null },
    { type: 'done', status: 2, files: 1, failed: 1 },
  ]);
  t.equal(events.length, 3);
  t.match(jsonError(stderr), { code: 'CPW_FILE_NOT_FOUND', stage: null, message: String });
  const usage = await runCli(['transcribe', 'x.wav', '--engine', 'vosk', '--json']);
  t.equal(usage.stdout, '', 'no event of a run that was never right');
  t.match(jsonError(usage.stderr), { code: 'CPW_INVALID_OPTIONS', message: /--engine: "vosk"/ });
});

t.test('when the model is missing, the status is 3 and the message names the store', async (t) => {
  const store = t.testdir();
  const args = ['transcribe', audioPath('jfk.wav'), '--model', 'base', '--offline'];
  const byFlag = await runCli([...args, '--models-dir', store]);
  t.equal(byFlag.status, 3);
  t.match(byFlag.stderr, /CPW_MODEL_NOT_FOUND/);
  t.ok(byFlag.stderr.includes(store));
  t.match(byFlag.stderr, /Next step: cpw-native models pull base/);
  const byEnvironment = await runCli([...args, '--json'], { env: { CPW_MODELS_DIR: store } });
  t.equal(byEnvironment.status, 3);
  t.match(jsonError(byEnvironment.stderr), { code: 'CPW_MODEL_NOT_FOUND' });
});

t.test('when outputs exist or collide, nothing is computed', async (t) => {
  const dir = t.testdir({ a: { 'x.wav': '' }, b: { 'x.wav': '' }, 'jfk.srt': 'old' });
  const collision = await runCli(['transcribe', 'a/x.wav', 'b/x.wav', '--format', 'srt'], {
    cwd: dir,
  });
  t.match(collision, { status: 2, stderr: /"a\/x\.wav" and "b\/x\.wav" would both write "x\.\*"/ });
  const existing = await runCli(['transcribe', audioPath('jfk.wav'), '--format', 'all'], {
    cwd: dir,
  });
  t.match(existing, { status: 2, stderr: /"jfk\.srt" exists already; add --overwrite/ });
  t.strictSame(readdirSync(dir), ['a', 'b', 'jfk.srt']);
});

t.test('when models are listed, each form has its path', async (t) => {
  const store = t.testdir({ 'my model': { ggml: { 'ggml-my model.bin': 'x' } }, notes: {} });
  const list = await runCli(['models', 'list', '--models-dir', store, '--json']);
  const file = path.join(store, 'my model', 'ggml', 'ggml-my model.bin');
  t.match(JSON.parse(list.stdout), {
    root: store,
    models: [{ name: 'my model', formats: [{ format: 'ggml', path: file, bytes: 1 }] }],
  });
  const text = await runCli(['models', 'list'], { env: { CPW_MODELS_DIR: store } });
  t.equal(text.stdout, `my model  ggml  0.0 MiB  ${file}\n`);
  const empty = await runCli(['models', 'list', '--models-dir', path.join(store, 'notes')]);
  t.match(empty, { status: 0, stdout: '', stderr: /no model is installed in / });
  t.equal((await runCli(['models', 'path', '--models-dir', store])).stdout, `${store}\n`);
  const missing = await runCli(['models', 'path', 'tiny', '--models-dir', store]);
  t.match(missing, { status: 3, stdout: '', stderr: /CPW_MODEL_NOT_FOUND/ });
});

t.test(
  'when something that is no model is converted, it is named and nothing is written',
  async (t) => {
    const dir = t.testdir();
    writeFileSync(path.join(dir, 'model.bin'), 'not a model');
    const convert = ['models', 'convert', 'model.bin', '--to', 'ggml-f16', '--output', 'out.bin'];
    const { status, stderr } = await runCli(convert, { cwd: dir });
    t.equal(status, 3);
    t.match(stderr, /model\.bin.*CPW_MODEL_INCOMPATIBLE/s);
    const missing = await runCli(
      ['models', 'convert', 'none', '--to', 'ggml-f16', '--output', 'o'],
      { cwd: dir },
    );
    t.match(missing, { status: 2, stderr: /CPW_FILE_NOT_FOUND/ });
    t.strictSame(readdirSync(dir), ['model.bin']);
  },
);
