import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus, hostname, release } from 'node:os';
import { z } from 'zod';
import { readText } from './read-text.js';

/** Everything on which the answer of the backends depends: another value, another answer. */
export const hardwareKeySchema = z.strictObject({
  host: z.string(),
  system: z.string(),
  cpu: z.string(),
  /** The GPU driver's own line about itself, and the GPUs it serves; empty where there is none. */
  driver: z.string(),
  gpus: z.array(z.string()),
  /** A digest of the variables that say which GPUs and libraries a process sees. */
  environment: z.string(),
  node: z.string(),
  addon: z.strictObject({
    path: z.string(),
    bytes: z.number(),
    modifiedMs: z.number(),
    packageVersion: z.string(),
  }),
});

/** {@link hardwareKeySchema} as a type. */
export type HardwareKey = z.output<typeof hardwareKeySchema>;

/** The key of this machine and this addon; undefined where the addon's file cannot be looked at. */
export function hardwareKey(addonPath: string, root = '/'): HardwareKey | undefined {
  const addon = identityOf(addonPath);
  if (addon === undefined) return undefined;
  return {
    host: hostname(),
    system: `${process.platform}-${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? '',
    driver: nvidiaDriver(root),
    gpus: nvidiaGpus(root),
    environment: environmentDigest(),
    node: `${process.versions.node} (ABI ${process.versions.modules})`,
    addon,
  };
}

/** The kernel driver's version line, e.g. `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54`. */
export function nvidiaDriver(root = '/'): string {
  return readText('/proc/driver/nvidia/version', root)?.split('\n')[0]?.trim() ?? '';
}

function nvidiaGpus(root: string): string[] {
  try {
    return readdirSync(`${root}/proc/driver/nvidia/gpus`).sort();
  } catch {
    return []; // no driver
  }
}

function identityOf(path: string): HardwareKey['addon'] | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    // npm gives every file the same time: the version tells two packages apart.
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const packageVersion = String((JSON.parse(text) as { version: unknown }).version);
    return { path, bytes: size, modifiedMs: mtimeMs, packageVersion };
  } catch {
    return undefined;
  }
}

/** The drivers read these by themselves; a cache that did not would tell of other GPUs. */
function environmentDigest(): string {
  const names = ['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'LD_LIBRARY_PATH', 'LD_PRELOAD'];
  const values = names.map((name) => process.env[name] ?? null);
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}
