import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { reportCaches } from '../../src/cli/doctor/caches.js';
import { reportEnvironment, withoutCredentials } from '../../src/cli/doctor/environment.js';
import { findingsOf } from '../../src/cli/doctor/findings.js';
import { formatReport } from '../../src/cli/doctor/format.js';
import { parseNvidiaSmi, reportGpu } from '../../src/cli/doctor/gpu.js';
import { isNodeSupported } from '../../src/cli/doctor/host.js';
import { reportModels } from '../../src/cli/doctor/models.js';
import { isNewEnough, reportPrograms } from '../../src/cli/doctor/programs.js';
import {
  doctorReportSchema,
  type DoctorReport,
  type Facts,
} from '../../src/cli/doctor/report-schema.js';
import { reportStages } from '../../src/cli/doctor/stages.js';

const gibibyte = 2 ** 30;
const program = { path: '/usr/bin/ffmpeg', version: '5.1.8', supported: true, problem: null };
const form = { format: 'ggml', path: '/m/x.bin', bytes: 1e8, weights: 'f16', problem: null };
const backends = ['cpu', 'cuda'].flatMap((device) =>
  ['whisper', 'ctranslate2'].map((engine) => ({ engine, device, available: true, detail: 'fine' })),
);

/** A machine on which nothing is wrong. */
const healthy: Facts = {
  schemaVersion: 1,
  version: '1.2.3',
  host: {
    platform: 'linux',
    arch: 'x64',
    system: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0',
    glibc: '2.36',
    node: '22.1.0',
    nodeRequired: '>=20.19',
    nodeSupported: true,
    cpu: {
      model: 'A CPU',
      features: ['avx2', 'fma'],
      missingFeatures: [],
      cores: 4,
      maskCores: 4,
      quotaCores: null,
      usableCores: 4,
    },
    memory: { totalBytes: 16 * gibibyte, limitBytes: null, availableBytes: 8 * gibibyte },
  },
  gpu: { driver: null, devices: [], problem: null },
  addon: {
    path: '/x/cpw-native.node',
    bytes: 3e7,
    versions: { ctranslate2: '4.8.4' },
    build: { cuda: false },
    backends: backends.filter(({ device }) => device === 'cpu'),
    failure: null,
    trouble: null,
    printed: null,
  },
  hardwareCache: { path: '/c/h.json', from: 'trial', triedAt: '2026-01-01', problem: null },
  models: {
    dir: '/m',
    exists: true,
    writable: true,
    freeBytes: 90 * gibibyte,
    problem: null,
    installed: [
      { name: 'base', role: 'recognizer', formats: [form] },
      { name: 'silero-vad', role: 'speech-detector', formats: [form] },
    ],
  },
  programs: { ffmpeg: program, ffprobe: program },
  caches: [],
  configFile: null,
  environment: { proxies: [], variables: [] },
};
const nvidia = {
  driver: '550.54.15',
  devices: [{ name: 'NVIDIA H100', vendor: 'NVIDIA', memoryBytes: 8e10, source: 'nvidia-smi' }],
  problem: null,
} satisfies DoctorReport['gpu'];
const { host, addon, models, hardwareCache } = healthy;
const cudaAddon = { ...addon, build: { cuda: true }, backends };
const failed = { ...addon, versions: {}, build: {}, backends: [] };
const failure = { kind: 'timed-out', code: null, signal: null, message: 'it hung' } as const;

t.test('when something is wrong, a finding says what, why and what to do', async (t) => {
  const cpu = (change: Partial<typeof host.cpu>): Partial<Facts> => ({
    host: { ...host, cpu: { ...host.cpu, ...change } },
  });
  const memory = { totalBytes: 9e10, limitBytes: 5e8, availableBytes: 4e8 };
  const dead = cudaAddon.backends.map((backend) => ({ ...backend, available: false }));
  const old = { ...program, version: '4.2.7', supported: false };
  const large = { ...form, bytes: 20 * gibibyte };
  const broken = {
    ...form,
    problem: { code: 'CPW_X', message: 'is cut off. Next step: nothing.' },
  };
  const withForm = (one: typeof broken | typeof large): DoctorReport['models']['installed'] => [
    { name: 'base', role: 'recognizer', formats: [one] },
    { name: 'silero-vad', role: 'speech-detector', formats: [form] },
  ];
  const cases: [Partial<Facts>, string, RegExp][] = [
    [{ host: { ...host, node: '18.0.0', nodeSupported: false } }, 'error node-too-old', /18\.0\.0/],
    [{ host: { ...host, glibc: null } }, 'error no-glibc', /musl/],
    [cpu({ missingFeatures: ['avx2', 'f16c'] }), 'error cpu-features-missing', /avx2, f16c/],
    [{ addon: { ...failed, failure } }, 'error addon-timed-out', /cpw-native\.node: it hung/],
    [{ addon: { ...addon, backends: dead.slice(0, 1) } }, 'error cpu-backend-unavailable', /fine/],
    [{ addon: { ...addon, trouble: 'it crashed' } }, 'warning addon-trouble', /it crashed/],
    [{ addon: { ...addon, printed: 'noise' } }, 'warning addon-trouble', /It printed: noise/],
    [
      cpu({ usableCores: 2, quotaCores: 1.5 }),
      'note cores-limited',
      /2 of 4 cores.*CPU time for 1\.50/,
    ],
    [{ host: { ...host, memory } }, 'warning memory-low', /381\.5 MiB/],
    [{ gpu: nvidia }, 'note gpu-unused', /NVIDIA H100 is not used/],
    [{ gpu: { ...nvidia, driver: null } }, 'note gpu-without-driver', /NVIDIA H100/],
    [{ gpu: { ...nvidia, problem: 'No devices' } }, 'warning gpu-driver-broken', /No devices/],
    [
      {
        gpu: nvidia,
        addon: { ...cudaAddon, backends: [...backends.slice(0, 2), ...dead.slice(2)] },
      },
      'warning gpu-unavailable',
      /cannot use NVIDIA H100: fine/,
    ],
    [{ models: { ...models, installed: [] } }, 'warning model-missing', /\/m/],
    [
      { models: { ...models, installed: withForm(broken) } },
      'error model-unreadable',
      /is cut off\.$/,
    ],
    [
      { models: { ...models, installed: withForm(large) } },
      'warning model-too-large',
      /20\.0 GiB.*8\.0 GiB/,
    ],
    [{ models: { ...models, writable: false } }, 'warning store-not-writable', /written to: \/m/],
    [{ models: { ...models, freeBytes: 1e8 } }, 'warning disk-low', /95\.4 MiB/],
    [{ programs: { ffmpeg: old, ffprobe: program } }, 'warning ffmpeg-old', /4\.2\.7/],
    [
      { programs: { ffmpeg: { ...program, problem: 'EACCES' }, ffprobe: program } },
      'warning ffmpeg-broken',
      /does not run: EACCES/,
    ],
    [
      { hardwareCache: { ...hardwareCache, problem: 'EROFS' } },
      'note hardware-cache-unusable',
      /EROFS/,
    ],
  ];
  for (const [change, name, what] of cases) {
    const findings = findingsOf({ ...healthy, ...change });
    const found = findings.find(({ level, id }) => `${level} ${id}` === name);
    t.match(found, { what, why: /\.$/, next: /./ }, name);
  }
  t.strictSame(findingsOf(healthy), []);
  t.strictSame(findingsOf({ ...healthy, gpu: nvidia, addon: cudaAddon }), []);
});

t.test('when there are several findings, the worst comes first', async (t) => {
  const facts = {
    ...healthy,
    host: { ...host, glibc: null, memory: { ...host.memory, limitBytes: 1e9 } },
  };
  const programs = { ffmpeg: { ...program, path: null }, ffprobe: { ...program, path: null } };
  const ids = findingsOf({ ...facts, programs }).map(({ id }) => id);
  t.strictSame(ids, ['no-glibc', 'ffmpeg-missing', 'memory-limited'], 'ffprobe comes with ffmpeg');
});

t.test('when the report is printed, lines fit into 80 columns', async (t) => {
  const facts: Facts = {
    ...healthy,
    gpu: nvidia,
    addon: { ...addon, printed: 'one\ntwo' },
    caches: [{ name: 'models', path: '/m', bytes: 5e8, files: 1, complete: true }],
    environment: { proxies: [{ name: 'HTTP_PROXY', value: 'http://p:1' }], variables: ['CPW_X'] },
  };
  const stages = await reportStages(facts);
  const report = { ...facts, stages, usable: true, findings: findingsOf(facts) };
  t.strictSame(doctorReportSchema.parse(JSON.parse(JSON.stringify(report))), report);
  const text = formatReport(report, 80);
  const long = text.split('\n').filter((line) => line.length > 80);
  t.strictSame(long, []);
  t.match(text, /Machine\n {2}system +Debian.*GPU +NVIDIA H100 \(74\.5 GiB\); NVIDIA driver 550/s);
  t.match(text, /Findings\n {2}warning +A library prints by itself\. It printed: one\n {11}two\n/);
  t.match(text, /Next step: .*This machine can transcribe\.\n$/s);
  const dead = { ...report, usable: false, addon: { ...failed, failure }, findings: [] };
  t.match(formatReport(dead, 80), /failed, see the findings.*nothing to mend.*cannot transcribe/s);
});

t.test('when proxies carry credentials, only scheme and host are shown', async (t) => {
  const cases: [string, string][] = [
    ['http://jdoe:secret@proxy:3128/path?secret', 'http://proxy:3128'],
    ['jdoe:secret@proxy:3128', 'http://proxy:3128'],
    ['socks5://jdoe@[::1]:1080', 'socks5://[::1]:1080'],
    ['http://', '(not a URL)'],
    [':::secret', '(not a URL)'],
    ['file:///secret', '(no host)'],
  ];
  for (const [given, shown] of cases) t.equal(withoutCredentials(given), shown);
  const environment = {
    https_proxy: 'http://a:b@c',
    NO_PROXY: 'localhost,.lan',
    HTTP_PROXY: '',
    CPW_TOKEN: 'secret',
    HOME: '/h',
  };
  t.strictSame(reportEnvironment(environment), {
    proxies: [
      { name: 'https_proxy', value: 'http://c' },
      { name: 'NO_PROXY', value: 'localhost,.lan' },
    ],
    variables: ['CPW_TOKEN'],
  });
});

t.test('when versions are compared, unknown ones are not judged', async (t) => {
  const versions = ['4.2.7', '4.3', 'n6.1', '5.1.8-0+deb12u1', '10.0', 'N-109468-gd39b', null];
  t.strictSame(versions.map(isNewEnough), [false, true, true, true, true, null, null]);
  const nodes = ['18.20.0', '20.18.3', '20.19.0', '22.0.0', '100.0.0'];
  const judged = nodes.map((node) => isNodeSupported(node, '>=20.19'));
  t.strictSame(judged, [false, false, true, true, true]);
});

/** A folder of programs as the only PATH. */
function withPrograms(t: Test, scripts: Readonly<Record<string, string>>): void {
  const dir = t.testdir(scripts);
  for (const name of Object.keys(scripts)) chmodSync(join(dir, name), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = dir;
  t.teardown(() => (process.env['PATH'] = before));
}

t.test('when programs fail or are old, it is told', async (t) => {
  withPrograms(t, {
    ffmpeg: '#!/bin/sh\necho "ffmpeg version 4.2.7-0ubuntu Copyright"',
    ffprobe: '#!/bin/sh\necho "libavcodec.so.58: cannot open" >&2; exit 127',
  });
  t.match(await reportPrograms(), {
    ffmpeg: { version: '4.2.7-0ubuntu', supported: false, problem: null },
    ffprobe: { version: null, supported: null, problem: /Command failed/ },
  });
});

t.test('when nvidia-smi fails, the bus and the kernel still tell of the GPU', async (t) => {
  withPrograms(t, { 'nvidia-smi': '#!/bin/sh\necho "NVIDIA-SMI has failed"; exit 9' });
  const root = join(t.testdirName, 'root');
  const files: Readonly<Record<string, string>> = {
    'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue',
    'sys/bus/pci/devices/0000:41:00.0/vendor': '0x10de\n',
    'sys/bus/pci/devices/0000:41:00.0/class': '0x030200\n',
    'sys/bus/pci/devices/0000:41:00.0/device': '0x2330\n',
    'sys/bus/pci/devices/0000:00:1f.0/vendor': '0x8086\n',
    'sys/bus/pci/devices/0000:00:1f.0/class': '0x060100\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const device = { name: 'NVIDIA device 2330 at 0000:41:00.0', vendor: 'NVIDIA' };
  t.strictSame(await reportGpu(root), {
    driver: '550.54.15',
    devices: [{ ...device, memoryBytes: null, source: 'pci' }],
    problem: 'NVIDIA-SMI has failed',
  });
  t.strictSame(parseNvidiaSmi('NVIDIA H100 80GB HBM3, 81559, 550.54.15\n\nodd line\n'), {
    devices: [
      {
        name: 'NVIDIA H100 80GB HBM3',
        vendor: 'NVIDIA',
        memoryBytes: 81_559 * 2 ** 20,
        source: 'nvidia-smi',
      },
    ],
    driver: '550.54.15',
  });
  t.match(parseNvidiaSmi('GPU, [N/A], 1'), { devices: [{ memoryBytes: null }] });
});

t.test('when the store does not exist yet, it is looked at where it would be made', async (t) => {
  const dir = t.testdir({ cache: { a: '12345', b: { c: '1', d: { e: '22' } } } });
  const store = join(dir, 'not', 'yet');
  t.match(await reportModels(store), {
    exists: false,
    writable: true,
    problem: null,
    installed: [],
  });
  t.strictSame(await reportCaches(join(dir, 'none')), []);
  const path = (name: string): string => join(dir, 'cache', name);
  t.strictSame(await reportCaches(join(dir, 'cache')), [
    { name: 'a', path: path('a'), bytes: 5, files: 1, complete: true },
    { name: 'b', path: path('b'), bytes: 3, files: 2, complete: true },
  ]);
});
