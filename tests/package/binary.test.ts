import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { audioPath } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { modelsRoot } from '../../src/models/store.js';

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
const onCpu = (cpu: string, args: readonly string[]) =>
  run('qemu-x86_64', ['-cpu', cpu, process.execPath, ...args], { CPW_NATIVE_PATH: prebuild });

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
  const doctor = await onCpu('Nehalem', ['dist/cli/main.js', 'doctor']);
  t.equal(doctor.status, 3, doctor.stderr);
  t.match(doctor.stdout, /This CPU lacks avx2/);
});

// MKL runs on Intel's CPUs and ruy on AMD's: CTranslate2 asks the CPU for its vendor.
t.test('when the CPU is a Haswell or an EPYC, the binary transcribes', { skip }, async (t) => {
  const program = path.join(root, 'tests/package/programs/transcribe.mjs');
  const models = modelsDir.modelsDir ?? modelsRoot(process.env['XDG_CACHE_HOME']);
  const common = [program, root, models, audioPath('jfk.wav')];
  const runs = [
    { cpu: 'Haswell', engines: ['whisper', 'ctranslate2'] },
    { cpu: 'EPYC', engines: ['ctranslate2'] },
  ];
  for (const { cpu, engines } of runs) {
    const { status, stdout, stderr } = await onCpu(cpu, [...common, '1', ...engines]);
    t.equal(status, 0, `${cpu}: ${stderr}`);
    t.match(stdout, /"speech":\[\{"start":0\.\d+,"end":1\}/, cpu);
    for (const engine of engines) {
      t.match(stdout, new RegExp(`"engine":"${engine}","text":"And so`), `${cpu} ${engine}`);
    }
  }
});
