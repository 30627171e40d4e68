import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { askBackends, checkDevice, chooseDevice } from '../../src/engines/choose-device.js';
import { modelsRoot } from '../../src/models/layout.js';
import type { NativeAddon, NativeBuildInfo, NativeSystemInfo } from '../../src/native/addon.js';
import { hardwareKey } from '../../src/native/hardware-key.js';
import {
  tryHardware,
  type HardwareOptions,
  type KnownHardware,
} from '../../src/native/hardware.js';
import { userCacheDir } from '../../src/native/user-cache-dir.js';
import { probeBackends, type ProbeOptions } from '../../src/native/probe-backends.js';
import type { ProbeOutcome } from '../../src/native/probe-outcome.js';

const answer = {
  kind: 'answered',
  addonPath: '/x/cpw-native.node',
  versions: { ctranslate2: '4.8.4' },
  build: { cuda: true },
  backends: [{ engine: 'ctranslate2', device: 'cuda', available: true, detail: '1 GPU' }],
};
const say = `require('node:fs').writeSync(3, JSON.stringify(${JSON.stringify(answer)}) + '\\n');`;

/** Runs a child of these words of JavaScript in the place of the one that loads the addon. */
function probe(t: Test, script: string, options: ProbeOptions = {}): Promise<ProbeOutcome> {
  const program = join(t.testdir({ 'child.cjs': script }), 'child.cjs');
  return probeBackends({ program, ...options });
}

t.test('when the child aborts, the signal is told and this process lives on', async (t) => {
  const abort = await probe(t, `console.error('no CUDA driver'); process.abort();`);
  t.match(abort, { kind: 'failed', failure: 'crashed', signal: 'SIGABRT' });
  t.match(abort, { message: /^the trial crashed with SIGABRT \(.*abort\(\)\)$/ });
  t.match(abort, { printed: 'no CUDA driver' }, "the driver's words, not Node's stack");
  const fault = await probe(t, `process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 9e9);`);
  t.match(fault, { failure: 'crashed', signal: 'SIGSEGV', message: /a memory fault/ });
  const status = await probe(t, 'process.exit(9)');
  t.match(status, { failure: 'crashed', signal: null, message: /ended with status 9/ });
});

t.test('when the child hangs, it is killed after the time-out', async (t) => {
  const hanging = `while (true) {}`;
  t.match(await probe(t, hanging, { timeoutMs: 300 }), {
    kind: 'failed',
    failure: 'timed-out',
    signal: null,
    message: 'the trial gave no sign for 0.3 s and was killed',
  });
});

t.test('when a process of the child keeps its pipes open, nothing waits for it', async (t) => {
  const script = `const { pid } = require('node:child_process').spawn(process.execPath,
    ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' }); console.log(pid); ${say}
    process.exit();`;
  const outcome = await probe(t, script);
  t.match(outcome, { kind: 'answered', trouble: null, printed: /^\d+$/ });
  const pid = Number(outcome.printed);
  t.ok(process.kill(pid, 'SIGKILL'), 'it was still there');
});

t.test('when the child prints garbage, it counts only in the place of the answer', async (t) => {
  const beside = await probe(t, `console.log('\\u0007garbage {"kind":'); ${say}`);
  t.match(beside, { ...answer, trouble: null, printed: '\uFFFDgarbage {"kind":' });
  const instead = await probe(t, `require('node:fs').writeSync(3, '{"kind":"answered"}');`);
  t.match(instead, { kind: 'failed', failure: 'garbled', message: /answer cannot be read/ });
  const nothing = await probe(t, `process.stdout.write('x'.repeat(3e6))`);
  t.match(nothing, { failure: 'garbled', message: 'the trial ended without an answer' });
  t.match(nothing.printed, /^x{2000}$/, 'the end of it is kept');
});

t.test('when the child crashes after its answer, the answer counts and it is told', async (t) => {
  const outcome = await probe(t, `${say} process.abort();`);
  t.match(outcome, { ...answer, trouble: /^after its answer the trial crashed with SIGABRT/ });
});

t.test('when the caller aborts, the child is killed and the reason comes back', async (t) => {
  const controller = new AbortController();
  const running = probe(t, 'while (true) {}', { signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  await t.rejects(running, reason);
  await t.rejects(probe(t, '', { signal: controller.signal }), reason);
});

/** A cache folder, the file of an addon, and trials that are counted. */
function machine(t: Test, failure?: ProbeOutcome) {
  const dir = t.testdir({ 'cpw-native.node': 'code' });
  const addon = join(dir, 'cpw-native.node');
  const cacheDir = join(dir, 'cache');
  const file = join(cacheDir, 'hardware_cache.json');
  let trials = 0;
  const probe = async (): Promise<ProbeOutcome> => {
    trials += 1;
    return failure ?? { ...working, addonPath: addon };
  };
  const ask = (options: HardwareOptions = {}): Promise<KnownHardware> =>
    tryHardware(addon, { cacheDir, probe, now, ...options });
  return { addon, cacheDir, file, ask, trials: () => trials };
}
const working = { ...answer, kind: 'answered', trouble: null, printed: null } as const;
const crashed: ProbeOutcome = {
  kind: 'failed',
  failure: 'crashed',
  signal: 'SIGSEGV',
  message: 'the trial crashed with SIGSEGV (a memory fault)',
  printed: null,
};
const found = { kind: 'answered', backends: answer.backends };
const now = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

t.test('when the cache is damaged or cannot be read, it is told and made anew', async (t) => {
  const { file, ask, trials } = machine(t);
  mkdirSync(dirname(file));
  const entry = JSON.stringify({ version: 1, entries: [{ outcome: { kind: 'answered' } }] });
  const damaged = ['', '{', 'null', '[]', '{"version":2,"entries":[]}', entry];
  for (const text of damaged) {
    writeFileSync(file, text);
    const known = await ask();
    t.match(known, { from: 'trial', outcome: found, cacheProblem: /./ }, text);
    t.match(await ask(), { from: 'cache', cacheProblem: null });
  }
  t.equal(trials(), damaged.length);
  t.strictSame(readdirSync(dirname(file)), ['hardware_cache.json'], 'nothing half-written');
});

t.test('when the cache cannot be written, the trial counts all the same', async (t) => {
  const { cacheDir, ask } = machine(t);
  writeFileSync(cacheDir, 'a file in the place of the folder');
  t.match(await ask(), { from: 'trial', outcome: found, cacheProblem: /ENOTDIR|EEXIST/ });
  const { file, ask: other } = machine(t);
  mkdirSync(file, { recursive: true });
  t.match(await other(), { from: 'trial', outcome: found, cacheProblem: /EISDIR|directory/ });
  t.strictSame(readdirSync(dirname(file)), ['hardware_cache.json'], 'nothing half-written');
});

t.test('when nothing has changed, one trial serves until it is old or remade', async (t) => {
  const { file, ask, trials } = machine(t);
  t.match(await ask(), { from: 'trial', cacheProblem: null });
  t.match(await ask(), { from: 'cache', outcome: found, probedAt: '2026-01-01T00:00:00.000Z' });
  t.equal(trials(), 1);
  await ask({ refresh: true });
  t.equal(trials(), 2);
  await ask({ now: now + 8 * 24 * hourMs });
  t.equal(trials(), 3, 'a week is the most');
  await ask({ now: now - hourMs });
  t.equal(trials(), 4, 'a trial from the future');
  t.equal((JSON.parse(readFileSync(file, 'utf8')) as { entries: [] }).entries.length, 1);
  t.equal(statSync(file).mode & 0o077, 0, "the user's alone");
});

t.test('when the addon, the driver or the environment is another, it is tried again', async (t) => {
  const { addon, ask, trials } = machine(t);
  await ask();
  writeFileSync(addon, 'other code');
  t.match(await ask(), { from: 'trial' });
  process.env['CUDA_VISIBLE_DEVICES'] = '';
  t.match(await ask(), { from: 'trial' });
  delete process.env['CUDA_VISIBLE_DEVICES'];
  t.match(await ask(), { from: 'cache' }, 'both are remembered');
  t.equal(trials(), 3);
  const root = dirname(addon);
  mkdirSync(join(root, 'proc/driver/nvidia/gpus/0000:41'), { recursive: true });
  writeFileSync(join(root, 'proc/driver/nvidia/version'), 'NVRM version: 550.54\nGCC');
  t.match(hardwareKey(addon, root), { driver: 'NVRM version: 550.54', gpus: ['0000:41'] });
  t.equal(hardwareKey(join(root, 'none.node')), undefined);
});

t.test('when a trial crashed, it is remembered for an hour; a refusal is not', async (t) => {
  const { ask, trials } = machine(t, crashed);
  await ask();
  t.match(await ask(), { from: 'cache', outcome: crashed });
  await ask({ now: now + 2 * hourMs });
  t.equal(trials(), 2);
  const code = 'CPW_BINARY_NOT_FOUND';
  const other = machine(t, { kind: 'refused', code, message: 'no', trouble: null, printed: null });
  await other.ask();
  await other.ask();
  t.equal(other.trials(), 2);
});

t.test('when two write at once, the cache stays whole', async (t) => {
  const { addon, file, ask } = machine(t);
  await Promise.all(Array.from({ length: 8 }, () => ask({ refresh: true })));
  t.match(JSON.parse(readFileSync(file, 'utf8')), {
    version: 1,
    entries: [{ key: { addon: { path: addon } } }],
  });
  t.strictSame(readdirSync(dirname(file)), ['hardware_cache.json']);
});

t.test('when no folder is named, the cache lies beside the models', async (t) => {
  t.equal(dirname(modelsRoot('/x')), userCacheDir('/x'));
  t.equal(dirname(modelsRoot('not absolute')), userCacheDir('not absolute'));
  t.equal(userCacheDir('/x'), '/x/cpw-native');
});

t.test('when the addon has no GPU code or the cpu is asked for, nothing is tried', async (t) => {
  let asked = 0;
  const addonWith = (build: NativeBuildInfo['build']): NativeAddon => {
    const facts = { versions: {}, build };
    const systemInfo = (): NativeSystemInfo => {
      asked += 1;
      return { ...facts, backends: answer.backends };
    };
    return { buildInfo: () => facts, systemInfo } as unknown as NativeAddon;
  };
  const cacheDir = join(t.testdir(), 'cache');
  const plain = addonWith({ cuda: false, metal: false });
  t.strictSame(await askBackends(plain, { device: 'auto', cacheDir }), answer.backends);
  t.equal(asked, 1, 'in this process');
  const backends = await askBackends(addonWith({ cuda: true }), { device: 'cpu', cacheDir });
  t.strictSame(
    backends.map(({ device }) => device),
    ['cpu', 'cpu'],
  );
  t.equal(asked, 1, 'the driver is left alone');
  t.throws(() => statSync(cacheDir), /ENOENT/);
});

t.test('when the trial of the GPUs fails, auto takes the cpu and says why', async (t) => {
  const backends = ['whisper', 'ctranslate2'].flatMap((engine) => [
    { engine, device: 'cpu', available: true, detail: '' },
    { engine, device: 'cuda', available: false, detail: 'the trial failed: SIGSEGV' },
  ]);
  t.match(chooseDevice(backends, { device: 'auto', engine: 'auto' }), {
    device: 'cpu',
    reason: /no GPU can be used \(whisper cuda: the trial failed: SIGSEGV; ctranslate2 cuda: /,
  });
  t.doesNotThrow(() => checkDevice(backends, 'whisper', 'cpu'));
  const refusal = { code: 'CPW_UNSUPPORTED_DEVICE', message: /SIGSEGV\. Next step: --device cpu/ };
  t.throws(() => checkDevice(backends, 'whisper', 'cuda'), refusal);
  t.throws(() => checkDevice(backends, 'whisper', 'metal'), /it has no such backend/);
  const cuda = backends.map((backend) => ({ ...backend, available: true }));
  t.match(chooseDevice(cuda, { device: 'auto', engine: 'whisper' }), { device: 'cuda' });
});
