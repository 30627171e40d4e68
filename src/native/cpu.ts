import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** What the addon's x64 code needs: every Intel CPU since 2013 and AMD CPU since 2015 has it. */
export const requiredFeatures = ['avx2', 'fma', 'f16c', 'bmi2'] as const;

/** The CPU features that the addon needs and this machine lacks; empty where it can run. */
export function missingCpuFeatures(): readonly string[] {
  if (process.arch !== 'x64' || process.platform !== 'linux') return [];
  const flags = cpuFlags();
  return flags === undefined ? [] : requiredFeatures.filter((feature) => !flags.has(feature));
}

/** The flags that Linux reports for the first CPU, undefined where they cannot be read. */
export function cpuFlags(): ReadonlySet<string> | undefined {
  const text = readText('/proc/cpuinfo');
  const line = text?.split('\n').find((one) => /^(flags|Features)\s*:/u.test(one));
  return line === undefined ? undefined : new Set(line.split(':')[1]?.trim().split(/\s+/u));
}

/** Cores this process may use: the scheduler's mask and the cgroup's CPU quota, at least 1. */
export function availableCores(): number {
  const quota = cgroupCpuQuota();
  return Math.max(
    1,
    Math.min(availableParallelism(), quota === undefined ? Infinity : Math.ceil(quota)),
  );
}

function cgroupCpuQuota(): number | undefined {
  const v2 = readText('/sys/fs/cgroup/cpu.max')?.trim().split(' ');
  if (v2 !== undefined) return ratio(v2[0], v2[1]);
  return ratio(
    readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
    readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us'),
  );
}

function ratio(quota: string | undefined, period: string | undefined): number | undefined {
  const value = Number(quota) / Number(period);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, or not mounted: nothing is known
  }
}
