import { posix } from 'node:path';
import { readText } from './read-text.js';

/** What the control groups of this process allow; `undefined` where they set no limit. */
export interface CgroupLimits {
  /** CPU time in cores, e.g. 1.5. */
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
  /** What may still be taken before the nearest memory limit is met; caches do not count as taken. */
  readonly memoryLeftBytes: number | undefined;
}

/**
 * Reads the limits of every group from this process's own up to the top: a limit counts wherever it
 * was set. Knows cgroup v2, v1 and machines with both. `root` stands in for `/` in tests.
 */
export function cgroupLimits(root = '/'): CgroupLimits {
  const groups = groupsOf(root);
  const cpus = groups.map((group) => cpuQuota(group, root));
  const memory = groups.flatMap((group) => memoryOf(group, root));
  return {
    cpus: least(cpus),
    memoryBytes: least(memory.map(({ limit }) => limit)),
    memoryLeftBytes: least(memory.map(({ limit, used }) => Math.max(0, limit - used))),
  };
}

/** One group's folder, in the hierarchy of cgroup v2 or of a v1 controller. */
interface Group {
  readonly folder: string;
  readonly controller: 'v2' | 'cpu' | 'memory';
}

interface Mount {
  readonly controller: Group['controller'];
  readonly mountPoint: string;
  /** The group that shows at the mount point. */
  readonly top: string;
}

function groupsOf(root: string): Group[] {
  const own = ownGroups(root);
  return mountsOf(root).flatMap((mount) => {
    const path = own.get(mount.controller);
    return path === undefined ? [] : foldersUpFrom(path, mount);
  });
}

/** `4:memory:/a/b` for v1, `0::/a/b` for v2. */
function ownGroups(root: string): Map<Group['controller'], string> {
  const groups = new Map<Group['controller'], string>();
  for (const line of lines(readText('/proc/self/cgroup', root))) {
    const [, id = '', names = '', path = ''] = /^(\d+):([^:]*):(.*)$/u.exec(line) ?? [];
    if (id === '0' && names === '') groups.set('v2', path);
    for (const name of names.split(',')) {
      if (name === 'cpu' || name === 'memory') groups.set(name, path);
    }
  }
  return groups;
}

function mountsOf(root: string): Mount[] {
  return lines(readText('/proc/self/mountinfo', root)).flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [top = '/', mountPoint = ''] = before.split(' ').slice(3, 5).map(unescapeMount);
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') return [{ controller: 'v2', mountPoint, top }];
    if (type !== 'cgroup') return [];
    const names = options.split(',').filter((name) => name === 'cpu' || name === 'memory');
    return names.map((controller) => ({ controller, mountPoint, top }));
  });
}

/** mountinfo writes a blank as `\040`. */
function unescapeMount(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}

/**
 * The group's folder and those above it, up to the mount point. In a container the mount shows a
 * part of the tree: a path outside of it leaves the mount point alone.
 */
function foldersUpFrom(path: string, { controller, mountPoint, top }: Mount): Group[] {
  const relative = posix.relative(top, path);
  const inside = ![...path.split('/'), ...relative.split('/')].includes('..');
  const steps = inside ? relative.split('/').filter((step) => step !== '') : [];
  return Array.from({ length: steps.length + 1 }, (_, count) => ({
    folder: posix.join(mountPoint, ...steps.slice(0, count)),
    controller,
  }));
}

function cpuQuota({ folder, controller }: Group, root: string): number | undefined {
  if (controller === 'memory') return undefined;
  const read = (name: string): string | undefined => readText(posix.join(folder, name), root);
  // "50000 100000" or "max 100000"; v1 says -1 for no limit.
  const [quota, period] =
    controller === 'v2'
      ? (read('cpu.max')?.trim().split(' ') ?? [])
      : [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us')];
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

interface MemoryGroup {
  readonly limit: number;
  readonly used: number;
}

function memoryOf({ folder, controller }: Group, root: string): MemoryGroup[] {
  if (controller === 'cpu') return [];
  const read = (name: string): string | undefined => readText(posix.join(folder, name), root);
  const v2 = controller === 'v2';
  // Above memory.high a process is slowed down to a crawl: it counts as a limit.
  const files = v2 ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes'];
  const limit = least(files.map((name) => bytes(read(name))));
  if (limit === undefined) return [];
  const used = bytes(read(v2 ? 'memory.current' : 'memory.usage_in_bytes')) ?? 0;
  const cache = v2 ? 'inactive_file' : 'total_inactive_file';
  const stat = lines(read('memory.stat')).find((line) => line.startsWith(`${cache} `));
  return [{ limit, used: Math.max(0, used - (bytes(stat?.split(' ')[1]) ?? 0)) }];
}

// v1 writes "no limit" as the largest multiple of a page; no machine has an exbibyte.
const unlimited = 2 ** 60;

function bytes(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value >= 0 && value < unlimited ? value : undefined;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function lines(text: string | undefined): string[] {
  return text?.split('\n') ?? [];
}
