import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { memoryWarning } from '../../src/engines/memory-warning.js';
import { cgroupLimits } from '../../src/native/cgroup.js';
import { availableCores, coreLimits, cpuFlags } from '../../src/native/cpu.js';
import { availableMemory, memoryLimits } from '../../src/native/memory.js';

const mebibyte = 2 ** 20;
const v2Mount = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
const v1Mounts = [
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
].join('\n');
const v1Groups = '4:memory:/a/b\n2:cpu,cpuacct:/a/b\n0::/\n';

/** A folder that stands in for `/`. */
function system(t: Test, files: Readonly<Record<string, string>>): string {
  const root = t.testdir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

t.test('when nothing can be read or it is nonsense, there are no limits', async (t) => {
  const none = { cpus: undefined, memoryBytes: undefined, memoryLeftBytes: undefined };
  t.strictSame(cgroupLimits(system(t, {})), none);
  const odd = system(t, {
    'proc/self/cgroup': 'nonsense\n0::/a\n:::\n',
    'proc/self/mountinfo': `- -\nx y z\n${v2Mount}`,
    'sys/fs/cgroup/a/cpu.max': 'lots 0\n',
    'sys/fs/cgroup/a/memory.max': '\n',
    'proc/self/status': 'Cpus_allowed_list:\t-\n',
    'proc/meminfo': 'MemTotal: many kB\n',
    'proc/cpuinfo': '',
  });
  t.strictSame(cgroupLimits(odd), none);
  t.ok(availableCores(odd) >= 1);
  t.ok(memoryLimits(odd).total > 0);
  t.equal(cpuFlags(odd), undefined);
});

t.test('when groups of v2 are nested, the least limit above the process counts', async (t) => {
  const root = system(t, {
    'proc/self/cgroup': '0::/user.slice/app.scope/inner\n',
    'proc/self/mountinfo': v2Mount,
    'proc/self/status': 'Cpus_allowed:\tff\nCpus_allowed_list:\t0-7\n',
    'proc/meminfo': 'MemTotal:  8388608 kB\nMemFree:  1 kB\nMemAvailable:  4194304 kB\n',
    'sys/fs/cgroup/user.slice/cpu.max': '250000 100000\n',
    'sys/fs/cgroup/user.slice/app.scope/cpu.max': 'max 100000\n',
    'sys/fs/cgroup/user.slice/app.scope/inner/cpu.max': '400000 100000\n',
    'sys/fs/cgroup/user.slice/memory.max': `${1024 * mebibyte}\n`,
    'sys/fs/cgroup/user.slice/memory.current': `${900 * mebibyte}\n`,
    'sys/fs/cgroup/user.slice/memory.stat': `anon 5\ninactive_file ${100 * mebibyte}\n`,
    'sys/fs/cgroup/user.slice/app.scope/memory.max': 'max\n',
    'sys/fs/cgroup/user.slice/app.scope/memory.high': `${512 * mebibyte}\n`,
    'sys/fs/cgroup/user.slice/app.scope/memory.current': `${12 * mebibyte}\n`,
    'sys/fs/cgroup/other/cpu.max': '1000 100000\n',
  });
  t.strictSame(coreLimits(root), { usable: 3, mask: 8, quota: 2.5 });
  const available = 224 * mebibyte; // the upper group is the fuller one
  t.strictSame(memoryLimits(root), { total: 8192 * mebibyte, limit: 512 * mebibyte, available });
  t.equal(availableMemory(root), available);
});

t.test('when groups of v1 are nested, each controller is walked by itself', async (t) => {
  const root = system(t, {
    'proc/self/cgroup': v1Groups,
    'proc/self/mountinfo': v1Mounts,
    'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '150000\n',
    'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us': '-1\n',
    'sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    'sys/fs/cgroup/memory/a/memory.limit_in_bytes': `${300 * mebibyte}\n`,
    'sys/fs/cgroup/memory/a/memory.usage_in_bytes': `${200 * mebibyte}\n`,
    'sys/fs/cgroup/memory/a/memory.stat': `inactive_file 1\ntotal_inactive_file ${50 * mebibyte}\n`,
    'sys/fs/cgroup/memory/a/b/memory.limit_in_bytes': '9223372036854771712\n',
  });
  t.strictSame(cgroupLimits(root), {
    cpus: 1.5,
    memoryBytes: 300 * mebibyte,
    memoryLeftBytes: 150 * mebibyte,
  });
});

t.test('when a container shows a part of the tree, its mount point is the top', async (t) => {
  const mount = (top: string): string => `35 31 0:32 ${top} /sys/fs/my\\040group rw - cgroup2 c rw`;
  const files = (own: string, top: string): Record<string, string> => ({
    'proc/self/cgroup': `0::${own}\n`,
    'proc/self/mountinfo': mount(top),
    'sys/fs/my group/cpu.max': '50000 100000',
    'sys/fs/my group/docker/cpu.max': '1000 100000',
    'sys/fs/my group/foo/cpu.max': '1000 100000',
  });
  t.equal(cgroupLimits(system(t, files('/docker/77', '/docker/77'))).cpus, 0.5);
  t.equal(cgroupLimits(system(t, files('/', '/'))).cpus, 0.5);
  t.equal(cgroupLimits(system(t, files('/../../foo', '/'))).cpus, 0.5, 'a group outside');
  t.equal(cgroupLimits(system(t, files('/elsewhere', '/docker/77'))).cpus, 0.5);
  t.equal(availableCores(system(t, files('/', '/'))), 1, 'never below one');
});

t.test('when the weights are larger than what is left, both numbers are told', async (t) => {
  const dir = t.testdir({ 'x.bin': 'x'.repeat(3000), folder: { 'model.bin': 'x'.repeat(3000) } });
  const models = [
    { path: join(dir, 'x.bin'), format: 'ggml' },
    { path: join(dir, 'folder'), format: 'ctranslate2-int8' },
  ] as const;
  for (const model of models) {
    t.equal(await memoryWarning(model, 3000), undefined);
    t.match(await memoryWarning(model, 2999), /^warning: 1 MiB of weights, .* 1 MiB of memory/);
  }
  t.equal(await memoryWarning({ path: join(dir, 'none'), format: 'ggml' }, 0), undefined);
});

t.test('when the mask leaves some cores, they are counted', async (t) => {
  const root = system(t, { 'proc/self/status': 'Name: x\nCpus_allowed_list:\t0-2,5,8-9\n' });
  t.strictSame(coreLimits(root), { usable: 6, mask: 6, quota: undefined });
});
