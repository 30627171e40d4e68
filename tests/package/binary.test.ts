import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { convertModel } from '../../src/models/convert/convert-model.js';
import type { SpeechSegment } from '../../src/types.js';
import { audioPath } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const development = path.join(root, 'build/Release/cpw-native.node');
const prebuild = path.join(root, 'prebuilds/linux-x64/cpw-native.glibc.node');
const skip = skipReason();

/** CI makes the binary first and sets CPW_TEST_PREBUILD, with which nothing is skipped. */
function skipReason(): string | false {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'the shipped binary is checked on x64 Linux alone';
  }
  if (process.env['CPW_TEST_PREBUILD'] === '1' || existsSync(prebuild)) return false;
  return 'there is no shipped binary: npm run build:prebuild makes it (CI does), qemu-user runs it';
}

/** What a program left; standard error is without qemu's list of what it does not emulate. */
interface Ended {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<Ended>((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : (error.code ?? error.signal ?? 'unknown');
      resolve({ status, stdout, stderr: stderr.replaceAll(/^qemu-.*: warning: .*\n/gm, '') });
    });
  });
}

const check = (file: string) => run(process.execPath, ['scripts/check-binary.mjs', file]);

/** Node on an emulated CPU, with the shipped binary. */
const onCpu = (cpu: string, args: readonly string[], env: Record<string, string> = {}) =>
  run('qemu-x86_64', ['-cpu', cpu, process.execPath, ...args], {
    CPW_NATIVE_PATH: prebuild,
    ...env,
  });

t.test('when there is no binary to check, the checker says what is wrong', { skip }, async (t) => {
  const missing = await check('prebuilds/none.node');
  t.equal(missing.status, 1);
  t.match(missing.stderr, /There is no .*none\.node\. Next step: npm run build:prebuild/);
  const text = await check('README.md');
  t.equal(text.status, 1);
  t.match(text.stderr, /README\.md is no ELF shared object/);
});

t.test('when a binary breaks its promises, each is named', { skip }, async (t) => {
  const folder = t.testdir();
  const source = path.join(folder, 'bad.cc');
  const bad = path.join(folder, 'bad.node');
  await writeFile(source, '#include <iostream>\nvoid Bad() { std::cout << "bad"; }\n');
  const flags = ['-shared', '-fPIC', '-Wl,-rpath,/opt/nowhere', '-Wl,-z,execstack'];
  const built = await run(process.env['CXX'] ?? 'c++', [...flags, source, '-o', bad]);
  t.equal(built.status, 0, built.stderr);
  const { status, stderr } = await check(bad);
  t.equal(status, 1);
  t.match(stderr, /it needs libstdc\+\+\.so\.6, which a plain system may lack/);
  t.match(stderr, /it needs .*GLIBCXX_\S+ of a compiler's runtime/);
  t.match(stderr, /it exports \d+ symbols \(.*not the two/);
  t.match(stderr, /it is not stripped: \.symtab/);
  t.match(stderr, /look in \/opt\/nowhere/);
  t.match(stderr, /its stack is executable/);
});

t.test('when the development build is checked, its glibc is too new', { skip }, async (t) => {
  const { status, stderr } = await check(development);
  t.equal(status, 1);
  t.match(stderr, /it needs glibc 2\.\d+; 2\.28 is promised: compile it with zig/);
  t.equal(stderr.trim().split('\n').length, 1, stderr);
});

t.test('when the shipped binary is checked, it keeps every promise', { skip }, async (t) => {
  const { status, stdout, stderr } = await check(prebuild);
  t.equal(status, 0, stderr);
  t.comment(stdout.trim().replaceAll('\n', ', '));
});

t.test('when the binary has been made, its name keeps it from musl', { skip }, async (t) => {
  t.same(readdirSync(path.dirname(prebuild)), ['cpw-native.glibc.node']);
});

t.test('when the CPU lacks AVX2, the binary refuses in words', { skip }, async (t) => {
  t.ok(existsSync(prebuild), 'npm run build:prebuild');
  const script = `try { require(${JSON.stringify(prebuild)}); console.log('loaded'); }
    catch (error) { console.log(error.code, error.message); }`;
  const wanted = [
    ['Nehalem', 'avx2, fma, f16c, bmi2'],
    ['IvyBridge', 'avx2, fma, bmi2'],
  ] as const;
  for (const [cpu, lacks] of wanted) {
    const { status, stdout, stderr } = await onCpu(cpu, ['-e', script]);
    t.equal(status, 0, `${cpu}: ${stderr}`);
    t.match(
      stdout,
      new RegExp(`^CPW_BINARY_NOT_FOUND This CPU lacks ${lacks}, which .* Next step`),
    );
  }
  // Not the doctor: its child process would run on the real CPU.
  const transcribe = ['dist/cli/bin.js', 'transcribe', audioPath('jfk.wav'), '--offline'];
  const refused = await onCpu('Nehalem', transcribe);
  t.equal(refused.status, 3, refused.stderr);
  t.match(refused.stderr, /This CPU lacks avx2/);
});

// CTranslate2 takes MKL on Intel's CPUs alone, for 8-bit numbers only where it has VNNI.
t.test('when the CPU is a Haswell or an EPYC, both engines run', { skip }, async (t) => {
  const input = await writeTinyWhisper(path.join(t.testdir(), 'tiny'), {
    state: 64,
    heads: 1,
    layers: 1,
  });
  const int8 = path.join(t.testdirName, 'int8');
  const ggml = path.join(t.testdirName, 'ggml.bin');
  await convertModel({ input, output: int8, to: 'ctranslate2-int8' });
  await convertModel({ input, output: ggml, to: 'ggml-f16' });
  // The made-up vocabulary names one language; whisper.cpp knows its 99 by itself.
  const config = path.join(int8, 'config.json');
  const { lang_ids, ...rest } = JSON.parse(await readFile(config, 'utf8')) as {
    readonly lang_ids: readonly number[];
  };
  await writeFile(config, JSON.stringify({ ...rest, lang_ids: lang_ids.slice(0, 1) }));
  for (const [cpu, mkl] of [
    ['Haswell', true],
    ['EPYC', false],
  ] as const) {
    const results = await listen(t, { cpu, models: [int8, ggml] });
    const [speech] = results.flatMap((result) => result.speech ?? []);
    t.ok(speech !== undefined && speech.start < 0.3 && speech.end === 1, `${cpu}: speech found`);
    const found = results.filter(({ engine }) => engine !== undefined);
    t.match(found, [
      { engine: 'ctranslate2', languages: 1 },
      { engine: 'whisper', languages: 99 },
    ]);
    for (const { engine, sum = 0 } of found) {
      t.ok(Math.abs(sum - 1) < 1e-3, `${cpu} ${engine}: the probabilities make ${sum}`);
    }
    const log = results.map((result) => result.log ?? '').join('\n');
    t.match(log, `Use Intel MKL: ${mkl}`, cpu);
    t.match(log, /GEMM_S8 backend: linked \(AVX2\)/, `${cpu}: exact 8-bit products of our own`);
  }
});

// qemu 7.2 reads what a masked load leaves out: the spectrogram's loads, far behind the audio, ended
// one run in ten by SIGSEGV, where that memory happened not to be mapped.
t.test(
  'when the memory around the audio is closed, an emulated CPU reads it',
  { skip },
  async (t) => {
    const program = path.join(t.testdir(), 'closed-memory');
    const ask = "import { ensureZig } from './scripts/zig.mjs'; console.log(await ensureZig())";
    const zig = await run(process.execPath, ['--input-type=module', '-e', ask]);
    t.equal(zig.status, 0, zig.stderr);
    const compiler = path.join(path.dirname(zig.stdout.trim()), 'bin/c++');
    const sources = [
      'tests/package/programs/closed-memory.cc',
      'native/core/mel.cc',
      'native/core/fft.cc',
    ];
    const flags = ['-std=c++20', '-O3', '-Xclang', '-O3', '-mavx2', '-mfma', '-mf16c', '-mbmi2'];
    const args = [...flags, '-ffp-contract=fast', '-Inative', ...sources, '-o', program];
    const built = await run(compiler, args);
    t.equal(built.status, 0, built.stderr);
    const { status, stdout, stderr } = await run('qemu-x86_64', ['-cpu', 'Haswell', program]);
    t.equal(status, 0, `${status}: ${stderr}`);
    t.equal(stdout.trim(), 'read nothing but the audio');
  },
);

// Minutes of emulation, so only where long measurements are asked for.
const long = skip || (process.env['CPW_TEST_LONG'] === '1' ? false : 'CPW_TEST_LONG=1 asks for it');
t.test('when the CPU is a Haswell or an EPYC, tiny.en understands', { skip: long }, async (t) => {
  const models = ['tiny.en@ctranslate2', 'tiny.en@whisper'];
  for (const cpu of ['Haswell', 'EPYC']) {
    const results = await listen(t, { cpu, models });
    for (const engine of ['ctranslate2', 'whisper']) {
      const found = results.find((result) => result.engine === engine);
      t.match(found?.text, /^And so/, `${cpu} ${engine}`);
    }
  }
});

/** A line of programs/on-cpu.mjs. */
interface Result {
  readonly log?: string;
  readonly speech?: readonly SpeechSegment[];
  readonly engine?: string;
  readonly languages?: number;
  readonly sum?: number;
  readonly text?: string;
}

/** The first second of jfk.wav on an emulated CPU. */
async function listen(
  t: Test,
  { cpu, models }: { readonly cpu: string; readonly models: readonly string[] },
): Promise<readonly Result[]> {
  const program = path.join(root, 'tests/package/programs/on-cpu.mjs');
  const args = [program, root, modelsDir.modelsDir, audioPath('jfk.wav'), '1', ...models];
  const { status, stdout, stderr } = await onCpu(cpu, args, { CT2_VERBOSE: '1' });
  t.equal(status, 0, `${cpu}: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
}
