import { readFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { cpus, freemem, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { availableCores, cpuFlags } from '../../native/cpu.js';

const run = promisify(execFile);

/** The machine, as far as it matters to speech recognition. */
export interface HostReport {
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  readonly node: string;
  /** `null` where the C library is another one. */
  readonly glibc: string | null;
  readonly cpu: {
    readonly model: string;
    readonly features: readonly string[];
    /** Cores of the machine, and those this process may use. */
    readonly cores: number;
    readonly usableCores: number;
  };
  readonly memory: {
    readonly totalBytes: number;
    readonly freeBytes: number;
    /** The cgroup's limit, `null` where there is none. */
    readonly limitBytes: number | null;
  };
}

// What ggml and CTranslate2 have code for; the rest of the CPU's flags is noise here.
const interesting =
  /^(sse4_[12]|avx|avx2|fma|f16c|bmi2|avx512[a-z_]*|avx_vnni|amx_(tile|int8|bf16)|neon|asimd(hp|dp)?|i8mm|bf16|sve2?)$/u;

/** Asks the operating system. */
export async function reportHost(): Promise<HostReport> {
  const all = cpus();
  return {
    platform: process.platform,
    arch: process.arch,
    osRelease: release(),
    node: process.versions.node,
    glibc: glibcVersion(),
    cpu: {
      model: all[0]?.model.trim() ?? 'unknown',
      features: await cpuFeatures(),
      cores: all.length,
      usableCores: availableCores(),
    },
    memory: { totalBytes: totalmem(), freeBytes: freemem(), limitBytes: memoryLimit() },
  };
}

async function cpuFeatures(): Promise<readonly string[]> {
  if (process.platform === 'darwin') return (await sysctlFeatures()).filter(isInteresting).sort();
  return [...(cpuFlags() ?? [])].filter(isInteresting).sort();
}

function isInteresting(feature: string): boolean {
  return interesting.test(feature);
}

/** `hw.optional.arm.FEAT_I8MM: 1` → `i8mm`; every arm64 Mac has asimd. */
async function sysctlFeatures(): Promise<string[]> {
  try {
    const { stdout } = await run('sysctl', ['hw.optional.arm']);
    const found = [...stdout.matchAll(/FEAT_(\w+): 1$/gmu)].map((match) => match[1] ?? '');
    return ['asimd', ...found.map((name) => name.toLowerCase())];
  } catch {
    return [];
  }
}

function glibcVersion(): string | null {
  const report: unknown = process.report?.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return null;
  const { header } = report;
  if (typeof header !== 'object' || header === null) return null;
  if (!('glibcVersionRuntime' in header)) return null;
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : null;
}

function memoryLimit(): number | null {
  const files = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
  const limits = files.map(readNumber).filter((limit) => limit > 0 && limit < totalmem());
  return limits[0] ?? null;
}

function readNumber(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return NaN; // not Linux, or not mounted
  }
}
