import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, version } from 'node:os';
import { promisify } from 'node:util';
import { glibcVersion } from '../../native/platform.js';
import { coreLimits, cpuFlags, missingCpuFeatures } from '../../native/cpu.js';
import { memoryLimits } from '../../native/memory.js';
import { readText } from '../../native/read-text.js';
import type { DoctorReport } from './report-schema.js';

const run = promisify(execFile);
const timeout = 5000;

// What ggml and CTranslate2 have code for; the rest of the CPU's flags is noise here.
const interesting =
  /^(sse4_[12]|avx|avx2|fma|f16c|bmi2|avx512[a-z_]*|avx_vnni|amx_(tile|int8|bf16)|neon|asimd(hp|dp)?|i8mm|bf16|sve2?)$/u;

/** Asks the operating system about the machine, as far as it matters to speech recognition. */
export async function reportHost(): Promise<DoctorReport['host']> {
  const nodeRequired = requiredNode();
  const { total, limit, available } = memoryLimits();
  return {
    platform: process.platform,
    arch: process.arch,
    system: await systemName(),
    kernel: release(),
    glibc: glibcVersion() ?? null,
    node: process.versions.node,
    nodeRequired,
    nodeSupported: isNodeSupported(process.versions.node, nodeRequired),
    cpu: await cpuReport(),
    memory: { totalBytes: total, limitBytes: limit ?? null, availableBytes: available },
  };
}

async function cpuReport(): Promise<DoctorReport['host']['cpu']> {
  const all = cpus();
  const { usable, mask, quota } = coreLimits();
  return {
    model: all[0]?.model.trim() ?? 'unknown',
    features: await cpuFeatures(),
    missingFeatures: [...missingCpuFeatures()],
    cores: all.length,
    maskCores: mask,
    quotaCores: quota ?? null,
    usableCores: usable,
  };
}

/** True when a version such as 20.19.4 lies in a range such as `>=20.19`. */
export function isNodeSupported(node: string, range: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [, needMajor, needMinor] = /^>=\s*(\d+)(?:\.(\d+))?/u.exec(range) ?? [];
  const need = Number(needMajor ?? 0);
  return major > need || (major === need && minor >= Number(needMinor ?? 0));
}

function requiredNode(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { engines: { node: string } }).engines.node;
}

async function systemName(): Promise<string> {
  if (process.platform === 'darwin') {
    const found = await run('sw_vers', ['-productVersion'], { timeout }).catch(() => undefined);
    return found === undefined ? version() : `macOS ${found.stdout.trim()}`;
  }
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/mu.exec(readText('/etc/os-release') ?? '');
  return name?.[1] ?? version();
}

async function cpuFeatures(): Promise<string[]> {
  const all = process.platform === 'darwin' ? await sysctlFeatures() : [...(cpuFlags() ?? [])];
  return all.filter((feature) => interesting.test(feature)).sort();
}

/** `hw.optional.arm.FEAT_I8MM: 1` → `i8mm`; every arm64 Mac has asimd. */
async function sysctlFeatures(): Promise<string[]> {
  try {
    const { stdout } = await run('sysctl', ['hw.optional.arm'], { timeout });
    const found = [...stdout.matchAll(/FEAT_(\w+): 1$/gmu)].map((match) => match[1] ?? '');
    return ['asimd', ...found.map((name) => name.toLowerCase())];
  } catch {
    return [];
  }
}
