import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { doctorReportSchema, type DoctorReport } from '../../src/cli/doctor/report-schema.js';
import { modelsRoot } from '../../src/models/layout.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';
import { runCli, startCli, type CliResult } from './run-cli.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const index = new URL('../../dist/index.js', import.meta.url).href;
const installed = modelsRoot(process.env['XDG_CACHE_HOME']);
const realAddon = resolve('build/Release/cpw-native.node');

/** Runs the doctor with a cache folder of its own and checks the shape of what it says. */
async function doctor(t: Test, env: Record<string, string> = {}, args: readonly string[] = []) {
  const cache = { XDG_CACHE_HOME: join(t.testdirName, 'cache'), CPW_MODELS_DIR: installed };
  const result = await runCli(['doctor', '--json', ...args], { env: { ...cache, ...env } });
  return { ...result, report: parse(result) };
}

function parse({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): DoctorReport {
  t.equal(stderr, '');
  return doctorReportSchema.parse(JSON.parse(stdout));
}

/** NODE_OPTIONS with which `script` runs as soon as the addon was loaded, and may replace it. */
function afterLoading(t: Test, script: string): string {
  const preload = `const { dlopen } = process;
    process.dlopen = function (module, file, ...rest) {
      dlopen.call(this, module, file, ...rest);
      if (!file.endsWith('.node')) return;
      const real = module.exports;
      ${script}
    };`;
  return `--require=${join(t.testdir({ 'preload.cjs': preload }), 'preload.cjs')}`;
}

const abortingCuda = `const facts = real.buildInfo();
  module.exports = { ...real, buildInfo: () => ({ ...facts, build: { ...facts.build, cuda: true } }),
    systemInfo() { require('node:fs').writeSync(2, 'CUDA error 999'); process.abort(); } };`;

t.test('when the addon cannot be loaded, the doctor says why and the status is 3', async (t) => {
  const env = { CPW_NATIVE_PATH: join(t.testdir(), 'none.node') };
  const { status, report } = await doctor(t, env);
  t.equal(status, 3);
  t.match(report, {
    usable: false,
    addon: { failure: { kind: 'refused', code: 'CPW_BINARY_NOT_FOUND' }, backends: [] },
    findings: [
      { id: 'addon-refused', level: 'error', what: /none\.node/, next: /CPW_NATIVE_PATH/ },
    ],
  });
  const text = await runCli(['doctor', '--cache-dir', join(t.testdirName, 'c')], { env });
  t.match(text, {
    status: 3,
    stdout: /error .*none\.node.*This machine cannot transcribe yet\.\n$/s,
  });
});

t.test(
  'when the addon crashes as it is tried, the doctor lives and names the signal',
  async (t) => {
    const NODE_OPTIONS = afterLoading(t, `console.log('\\u0007noise'); process.abort();`);
    const { status, report } = await doctor(t, { NODE_OPTIONS });
    t.equal(status, 3);
    t.match(report.addon, {
      path: realAddon,
      failure: { kind: 'crashed', signal: 'SIGABRT' },
      printed: '\uFFFDnoise',
    });
    t.match(report.findings[0], {
      id: 'addon-crashed',
      level: 'error',
      what: /SIGABRT/,
      next: /./,
    });
    t.match(
      report.stages.find(({ stage }) => stage === 'asr'),
      { status: 'missing' },
    );
  },
);

t.test('when the addon hangs, an interrupt ends the doctor and its child', async (t) => {
  const pidFile = join(t.testdirName, 'pid');
  const NODE_OPTIONS = afterLoading(
    t,
    `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
     process.kill(process.ppid, 'SIGINT'); while (true) {}`,
  );
  const env = { NODE_OPTIONS, XDG_CACHE_HOME: join(t.testdirName, 'cache') };
  t.match(await startCli(['doctor'], { env }).result, { status: 130, stdout: '' });
  const pid = Number(readFileSync(pidFile, 'utf8'));
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

t.test('when the GPU driver crashes, a run goes on with the cpu and says why', async (t) => {
  const NODE_OPTIONS = afterLoading(t, abortingCuda);
  const cacheDir = join(t.testdirName, 'cache');
  const model = await writeTinyWhisper(join(t.testdirName, 'model'), {
    multilingual: false,
  });
  const load = (device: string): { stdout: string; status: number | null } => {
    const script = `import { Recognizer } from ${JSON.stringify(index)};
      const options = ${JSON.stringify({ device, cacheDir })};
      await Recognizer.load(${JSON.stringify(model)}, options).then(
        ({ info }) => console.log(info.device, info.reason),
        ({ code, message }) => console.log(code, message));`;
    const args = ['--input-type=module', '--eval', script];
    const env = { ...process.env, NODE_OPTIONS };
    return spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  };
  const automatic = load('auto');
  t.match(automatic, { status: 0, stdout: /^cpu .*no GPU can be used .*crashed with SIGABRT/ });
  t.match(load('cuda'), { status: 0, stdout: /^CPW_UNSUPPORTED_DEVICE .*SIGABRT.*Next step/ });
  t.match(JSON.parse(readFileSync(join(cacheDir, 'hardware_cache.json'), 'utf8')), {
    entries: [{ outcome: { kind: 'failed', printed: 'CUDA error 999' } }],
  });
  const { report } = await doctor(t, { NODE_OPTIONS }, ['--cache-dir', cacheDir]);
  t.match(report.hardwareCache, { from: 'cache' }, 'the doctor reads what the run found');
  t.match(report.findings[0], { id: 'addon-crashed', what: /CUDA error 999/ });
});

t.test('when nothing is wrong, it tells machine, addon, stages and models', async (t) => {
  t.testdir();
  const first = await doctor(t);
  t.match(first, { status: 0, report: { usable: true, hardwareCache: { from: 'trial' } } });
  t.match(first.report, {
    host: { platform: process.platform, arch: process.arch, node: process.versions.node },
    addon: { path: /\.node$/, failure: null, backends: [{ device: 'cpu', available: true }] },
    models: { dir: installed, exists: true, problem: null },
    programs: { ffmpeg: { supported: true }, ffprobe: { supported: true } },
  });
  const ready = first.report.stages.filter(({ status }) => status === 'ready');
  t.strictSame(
    ready.map(({ stage }) => stage),
    [
      'demux',
      'demux',
      'vad',
      'asr',
      'hallucination_removal',
      'alignment',
      'translation',
      'subtitle_generation',
      'export',
      'mux',
    ],
  );
  t.ok(first.report.models.installed.every(({ formats }) => formats.every((one) => !one.problem)));
  t.match((await doctor(t)).report.hardwareCache, { from: 'cache' });
  t.match((await doctor(t, {}, ['--refresh'])).report.hardwareCache, { from: 'trial' });
  const text = await runCli(['doctor', '--cache-dir', join(t.testdirName, 'cache')]);
  t.match(text.stdout, /whisper cpu +works.*ctranslate2 cpu +works.*asr +ctranslate2, cpu/s);
  t.match(text.stdout, /This machine can transcribe\.\n$/);
});

t.test('when ffmpeg, models and the cache are in a bad way, each is a finding', async (t) => {
  const dir = t.testdir({
    cache: { 'cpw-native': { 'hardware_cache.json': '{"version":1,"entries":[{}]}' } },
    store: { base: { ggml: { 'ggml-base.bin': 'no model' } } },
    file: 'in the place of a folder',
  });
  const proxy = 'http://jdoe:secret@proxy.example:3128';
  const env = { PATH: dir, CPW_MODELS_DIR: join(dir, 'store'), HTTPS_PROXY: proxy };
  const { status, stdout, report } = await doctor(t, env);
  t.equal(status, 3, 'a damaged model is an error');
  t.notMatch(stdout, /secret|jdoe/);
  t.match(report.environment, { proxies: [{ value: 'http://proxy.example:3128' }] });
  const ids = report.findings.filter(({ id }) => !/^(cores|memory|gpu|disk)-/.test(id));
  t.strictSame(
    ids.map(({ id }) => id),
    ['model-unreadable', 'speech-detector-missing', 'ffmpeg-missing', 'hardware-cache-unusable'],
  );
  t.ok(report.findings.every(({ what, why, next }) => what && why && next));
  const unreadable = await doctor(t, { CPW_MODELS_DIR: join(dir, 'file') });
  t.match(unreadable.report.models, { problem: { message: /ENOTDIR/ }, writable: false });
  t.match(unreadable.report.findings[0], { id: 'models-unreadable', level: 'warning' });
});

t.test(
  'when taskset leaves one core, one is used',
  { skip: hasTaskset() ? false : 'taskset is not installed here' },
  async (t) => {
    const cpu = runUnder(t, ['taskset', '-c', '0']).host.cpu;
    t.match(cpu, { usableCores: 1, maskCores: 1, cores: cpus().length });
  },
);

t.test('when a control group above limits cpu and memory, both are honoured', async (t) => {
  const groups = makeGroups();
  if (typeof groups === 'string') {
    t.pass('control groups', { skip: groups });
    return;
  }
  t.teardown(() => groups.remove());
  const script = `${groups.enter} exec "$@"`;
  const { cpu, memory } = runUnder(t, ['sh', '-c', script, 'sh']).host;
  t.match(cpu, { usableCores: 1, quotaCores: 0.5 });
  t.match(memory, { limitBytes: memoryLimit });
  t.ok(memory.availableBytes <= memoryLimit);
});

function hasTaskset(): boolean {
  return spawnSync('taskset', ['--version']).status === 0;
}

function runUnder(t: Test, [command = '', ...args]: readonly string[]): DoctorReport {
  const cache = join(t.testdirName, 'cache');
  const line = [...args, process.execPath, main, 'doctor', '--json', '--cache-dir', cache];
  return parse(spawnSync(command, line, { encoding: 'utf8' }));
}

const memoryLimit = 1 << 30;

interface Groups {
  /** Words of sh that move the shell into the inner group. */
  readonly enter: string;
  remove(): void;
}

/** A group with limits and one inside it without; a reason where they cannot be made. */
function makeGroups(): Groups | string {
  const name = `cpw-test-${process.pid}`;
  const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const folders = (v2 ? [''] : ['cpu', 'memory']).map((one) => join('/sys/fs/cgroup', one, name));
  const [cpu = '', memory = cpu] = folders;
  const remove = (): void => {
    for (const folder of folders.flatMap((one) => [`${one}/inner`, one])) {
      if (existsSync(folder)) rmdirSync(folder);
    }
  };
  try {
    for (const folder of folders) mkdirSync(`${folder}/inner`, { recursive: true });
    writeFileSync(join(cpu, v2 ? 'cpu.max' : 'cpu.cfs_quota_us'), v2 ? '50000 100000' : '50000');
    writeFileSync(join(memory, v2 ? 'memory.max' : 'memory.limit_in_bytes'), `${memoryLimit}`);
  } catch (error) {
    remove();
    return `control groups cannot be made here: ${error instanceof Error ? error.message : ''}`;
  }
  const enter = folders.map((folder) => `echo $$ > ${folder}/inner/cgroup.procs &&`).join(' ');
  return { enter, remove };
}
