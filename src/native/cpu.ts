import { availableParallelism } from 'node:os';
import { cgroupLimits } from './cgroup.js';
import { readText } from './read-text.js';

/** What the addon's x64 code needs: every Intel CPU since 2013 and AMD CPU since 2015 has it. */
export const requiredFeatures = ['avx2', 'fma', 'f16c', 'bmi2'] as const;

/** The CPU features that the addon needs and this machine lacks; empty where it can run. */
export function missingCpuFeatures(): readonly string[] {
  if (process.arch !== 'x64' || process.platform !== 'linux') return [];
  const flags = cpuFlags();
  return flags === undefined ? [] : requiredFeatures.filter((feature) => !flags.has(feature));
}

/** The flags that Linux reports for the first CPU, undefined where they cannot be read. */
export function cpuFlags(root = '/'): ReadonlySet<string> | undefined {
  const text = readText('/proc/cpuinfo', root);
  const line = text?.split('\n').find((one) => /^(flags|Features)\s*:/u.test(one));
  return line === undefined ? undefined : new Set(line.split(':')[1]?.trim().split(/\s+/u));
}

/** How many cores this process may use, and why. */
export interface CoreLimits {
  /** Threads to use, at least 1: a quota of 1.5 cores is 2 of them, each with three quarters. */
  readonly usable: number;
  /** Cores of the scheduler's mask (taskset, cpuset). */
  readonly mask: number;
  /** The control groups' CPU time in cores, undefined without a limit. */
  readonly quota: number | undefined;
}

/** Cores this process may use: the scheduler's mask and the control groups' quota, at least 1. */
export function availableCores(root = '/'): number {
  return coreLimits(root).usable;
}

/** {@link availableCores} with what it comes from. `root` stands in for `/` in tests. */
export function coreLimits(root = '/'): CoreLimits {
  const mask = allowedCores(root) ?? availableParallelism();
  const { cpus: quota } = cgroupLimits(root);
  const usable = Math.max(1, Math.min(mask, quota === undefined ? Infinity : Math.ceil(quota)));
  return { usable, mask, quota };
}

/** `Cpus_allowed_list: 0-3,8` is 5. availableParallelism() counts quotas as well on newer Nodes. */
function allowedCores(root: string): number | undefined {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/mu.exec(readText('/proc/self/status', root) ?? '');
  const count = (list?.[1] ?? '').split(',').reduce((sum, range) => {
    const [first, last = first] = range.split('-').map(Number);
    return sum + Number(last) - Number(first) + 1;
  }, 0);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
