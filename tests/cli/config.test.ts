import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { eventSchema } from '../../src/cli/events.js';
import { audioPath } from '../helpers/audio.js';
import { runCli, start } from './run-cli.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const jfk = audioPath('jfk.wav');

/** Finds the file by its usual places. */
const searching = { CPW_CONFIG: '' };

interface Shown {
  readonly files: { config: string | null; by: string; job: string | null };
  readonly options: Record<string, { value?: unknown; source: string; from?: string }>;
}

async function show(args: readonly string[], options: object): Promise<Shown> {
  const { status, stdout, stderr } = await runCli(['config', 'show', '--json', ...args], options);
  t.equal(status, 0, stderr);
  return JSON.parse(stdout) as Shown;
}

t.test('when options are wrong in several places, all are named at once', async (t) => {
  const dir = t.testdir({
    'cpw-native.config.yaml': 'modle: x\nvad:\n  threshold: 3\n',
    'job.json': '{\n  "beamSize": 99\n}',
  });
  const { status, stdout, stderr } = await runCli(
    ['transcribe', 'a.wav', '--job', 'job.json', '--window-s', '99'],
    { cwd: dir, env: { ...searching, CPW_DEVICE: 'gpu', CPW_MODLE: 'x' } },
  );
  t.equal(status, 2);
  t.equal(stdout, '');
  t.match(stderr, /cpw-native\.config\.yaml:1: modle: .*did you mean model\?/);
  t.match(stderr, /cpw-native\.config\.yaml:3: vad\.threshold: 3 cannot be taken/);
  t.match(stderr, /job\.json:2: beamSize: 99 cannot be taken/);
  t.match(stderr, /--window-s: 99 cannot be taken/);
  t.match(stderr, /CPW_DEVICE: "gpu" cannot be taken; .*did you mean cpu\?/);
  const missing = await runCli(['config', 'show', '--config', 'none.yaml', '--job', 'no.json'], {
    cwd: dir,
  });
  t.equal(missing.status, 2);
  t.match(
    missing.stderr,
    /--job: "no\.json" cannot be read \(no such file\)\n.*--config: "none\.yaml" cannot/s,
  );
});

t.test('when config show runs, each value has its source', async (t) => {
  const dir = t.testdir({
    'cpw-native.config.yaml': 'model: tiny.en # small\nlanguage: de\nvad:\n  threshold: 0.6\n',
    'job.yml': 'task: translate\nlanguage: fr\n',
  });
  const env = { ...searching, CPW_LANGUAGE: 'es', CPW_THREADS: '1', CPW_MODELS_DIR: '/models' };
  const args = ['--job', 'job.yml', '--beam-size', '3'];
  const { files, options } = await show(args, { cwd: dir, env });
  t.match(files, { config: 'cpw-native.config.yaml', by: 'search', job: 'job.yml' });
  t.match(options, {
    beamSize: { value: 3, source: 'flag', from: '--beam-size' },
    task: { value: 'translate', source: 'job', from: 'job.yml:1: task' },
    language: { value: 'fr', source: 'job' },
    threads: { value: 1, source: 'environment', from: 'CPW_THREADS' },
    modelsDir: { value: '/models', source: 'environment', from: 'CPW_MODELS_DIR' },
    model: { value: 'tiny.en', source: 'config', from: 'cpw-native.config.yaml:1: model' },
    'vad.threshold': { value: 0.6, source: 'config' },
    'vad.speechPadMs': { value: 200, source: 'default' },
  });
  const text = await runCli(['config', 'show'], { cwd: dir, env: { ...env, CPW_MODLE: 'x' } });
  t.match(text.stdout, /^Configuration file: cpw-native\.config\.yaml, found by its name\n/);
  t.match(text.stdout, /\n {2}threads +1 +CPW_THREADS\n/);
  t.match(text.stdout, /\n {2}device +auto +default\n/);
  t.match(text.stderr, /warning: CPW_MODLE .*did you mean CPW_MODEL\?/);
});

t.test('when several files could be meant, the first place wins', async (t) => {
  const dir = t.testdir({
    home: { 'cpw-native': { 'config.json': '{"model": "home"}' } },
    work: { 'cpw-native.config.yml': 'model: work' },
    'named.yaml': 'model: named',
    'variable.yaml': 'model: variable',
  });
  const place = (cwd: string, args: string[], env: object) =>
    show(args, {
      cwd: path.join(dir, cwd),
      env: { XDG_CONFIG_HOME: path.join(dir, 'home'), ...env },
    });
  const modelOf = ({ options }: Shown): unknown => options['model']?.value;
  const variable = { CPW_CONFIG: '../variable.yaml' };
  t.equal(modelOf(await place('work', ['--config', '../named.yaml'], variable)), 'named');
  t.equal(modelOf(await place('work', [], variable)), 'variable');
  t.equal(modelOf(await place('work', [], searching)), 'work');
  t.equal(modelOf(await place('.', [], searching)), 'home');
  t.equal(modelOf(await place('work', ['--config', 'none'], variable)), 'base');
});

t.test('when config check runs, it judges files and says what is there', async (t) => {
  const dir = t.testdir({
    'good.yaml': 'model: tiny.en\n',
    'known.yaml': 'model: large-v3\n',
    'unknown.yaml': 'model: nobody-knows-it\n',
    'bad.yaml': 'vad: {threshold: 0.3, negThreshold: 0.4}\n',
  });
  const check = (...args: string[]) => runCli(['config', 'check', ...args], { cwd: dir });
  const good = await check('good.yaml');
  t.match(good, {
    status: 0,
    stdout: /good\.yaml: ok\nmodel tiny\.en: present \(.*silero-vad: present/s,
  });
  t.match(await check('known.yaml'), { status: 0, stdout: /large-v3: not installed.*fetched/ });
  const unknown = await check('unknown.yaml', '--json');
  t.equal(unknown.status, 3);
  t.match(JSON.parse(unknown.stdout), {
    files: ['unknown.yaml'],
    models: [{ state: 'refused', code: 'CPW_MODEL_NOT_FOUND' }, { state: 'present' }],
  });
  t.match(await check('bad.yaml', '--vad-threshold', '0.9'), {
    status: 2,
    stderr: /bad\.yaml:1: vad\.negThreshold: 0\.4 is above threshold/,
  });
  const schema = await runCli(['config', 'schema']);
  t.match(JSON.parse(schema.stdout), { properties: { vad: { default: true } } });
});

t.test('when --dry-run is given, the plan is told and nothing is touched', async (t) => {
  const dir = t.testdir({
    'b.txt': 'old',
    'job.yaml': 'inputs: [a.wav]\nformat: [srt, txt]\nmodel: tiny.en\n',
  });
  for (const name of ['a.wav', 'b.wav']) copyFileSync(jfk, path.join(dir, name));
  const run = (...args: string[]) => runCli(['transcribe', ...args, '--dry-run'], { cwd: dir });
  const before = readdirSync(dir);
  const job = await run('--job', 'job.yaml');
  t.equal(job.status, 0, job.stderr);
  t.match(job.stdout, /model tiny\.en: present .*\n.*\nruns by ctranslate2 on cpu, int8_float32/);
  t.match(job.stdout, /\na\.wav \(0:11\) -> a\.txt, a\.srt\nThe run would start\.\n$/);
  const refused = await run('a.wav', 'b.wav', '--format', 'txt', '--json', '--model', 'large');
  t.equal(refused.status, 2);
  t.equal(refused.stderr, '');
  const events = refused.stdout
    .trimEnd()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
  t.match(events, [
    { type: 'start' },
    {
      type: 'plan',
      files: [
        { file: 'a.wav', durationS: 11, outputs: ['a.txt'] },
        { file: 'b.wav', refused: [{ code: 'CPW_INVALID_OPTIONS', message: /"b\.txt" exists/ }] },
      ],
      models: [{ name: 'large-v3', state: 'fetchable' }, { state: 'present' }],
    },
    { type: 'done', status: 2 },
  ]);
  const some = await run('none.wav', jfk, '--model', 'tiny.en');
  t.match(some, { status: 2, stdout: /fail for 1 of 2 files\.\n$/ });
  t.match(await run(jfk, '--model', 'tiny.en', '--format', 'txt', '--output-dir', 'a.wav/sub'), {
    status: 2,
    stdout: /cannot write into "a\.wav\/sub": ".*a\.wav" is no folder/,
  });
  t.match(await run('none.wav'), { status: 2, stdout: /The run would not start\.\n$/ });
  t.match(await run(jfk, '--model', './none.bin'), { status: 3 });
  t.strictSame(readdirSync(dir), before);
});

/** What bash offers for a command line whose words it has split. */
async function offered(words: readonly string[], cwd: string): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `
    cpw-native() { "$NODE" "$MAIN" "$@"; }
    eval "$(cpw-native completion bash)"
    COMP_WORDS=(cpw-native ${quoted}); COMP_CWORD=${words.length}
    _cpw_native cpw-native
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { NODE: process.execPath, MAIN: main, CPW_MODELS_DIR: path.join(cwd, 'store') };
  const { status, stdout, stderr } = await start(['bash', '-c', script], { cwd, env }).result;
  t.equal(status, 0, stderr);
  t.equal(stderr, '');
  return stdout.trimEnd().split('\n');
}

t.test('when bash completes, it offers commands, flags, values and models', async (t) => {
  const dir = t.testdir();
  const ggml = path.join(dir, 'store', 'my model', 'ggml');
  mkdirSync(ggml, { recursive: true });
  writeFileSync(path.join(ggml, 'ggml-my model.bin'), 'x');
  const cases: [string[], string[]][] = [
    [['tr'], ['transcribe', 'translate']],
    [
      ['models', ''],
      ['list', 'pull', 'import', 'verify', 'remove', 'path', 'convert'],
    ],
    [
      ['config', 's'],
      ['show', 'schema'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['transcribe', '--vad-t'], ['--vad-threshold']],
    [
      ['transcribe', '--no'],
      [
        '--no-repeat-ngram-size',
        '--no-speech-threshold',
        '--no-vad',
        '--no-jitter',
        '--notifications-enabled',
        '--no-smtp-use-tls',
        '--notify-webhook',
      ],
    ],
    [
      ['transcribe', '--engine', ''],
      ['auto', 'whisper', 'ctranslate2'],
    ],
    [['transcribe', '--engine', '=', 'w'], ['whisper']],
    [
      ['transcribe', '--engine', '='],
      ['auto', 'whisper', 'ctranslate2'],
    ],
    [['transcribe', '--format', 'srt,v'], ['srt,vtt']],
    [['transcribe', '--model', 'my'], ['my\\ model']],
    [
      ['models', 'path', 'tiny'],
      ['tiny.en', 'tiny'],
    ],
    [['transcribe', '--quiet', 'a'], ['']],
    [['transcribe', '--', '--'], ['']],
    [['nothing', ''], ['']],
  ];
  for (const [words, expected] of cases) {
    t.strictSame(await offered(words, dir), expected, words.join(' '));
  }
  for (const [shell, word] of [
    ['zsh', '#compdef cpw-native'],
    ['fish', 'complete -c cpw-native'],
  ] as const) {
    const { status, stdout } = await runCli(['completion', shell]);
    t.equal(status, 0);
    t.ok(stdout.includes(word), shell);
  }
  const described = await runCli(['--get-completions', 'fish', 'transcribe', '--eng']);
  t.equal(described.stdout, '--engine\tEngine\n');
});

t.test('when the references in docs are compared with the schemas, they are current', async (t) => {
  const script = fileURLToPath(new URL('../../scripts/docs.mjs', import.meta.url));
  const { status, stdout, stderr } = await start([process.execPath, script, '--check']).result;
  t.equal(status, 0, `${stdout}${stderr}`);
});
