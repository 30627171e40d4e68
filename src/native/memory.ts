import { freemem, totalmem } from 'node:os';
import { cgroupLimits } from './cgroup.js';
import { readText } from './read-text.js';

/** Memory in bytes, as far as this process is concerned. */
export interface MemoryLimits {
  readonly total: number;
  /** The control groups' limit, undefined where there is none below `total`. */
  readonly limit: number | undefined;
  /** What can be taken now without swapping or meeting a limit. */
  readonly available: number;
}

/** What memory there is and what may be taken of it. `root` stands in for `/` in tests. */
export function memoryLimits(root = '/'): MemoryLimits {
  const info = readText('/proc/meminfo', root);
  const total = kibibytes(info, 'MemTotal') ?? totalmem();
  const free = kibibytes(info, 'MemAvailable') ?? freemem();
  const { memoryBytes, memoryLeftBytes } = cgroupLimits(root);
  return {
    total,
    limit: memoryBytes === undefined || memoryBytes >= total ? undefined : memoryBytes,
    available: Math.min(free, memoryLeftBytes ?? Infinity),
  };
}

/** Bytes that a model may take: free memory, or what the control groups leave of it. */
export function availableMemory(root = '/'): number {
  return memoryLimits(root).available;
}

function kibibytes(info: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'mu').exec(info ?? '');
  return found === null ? undefined : Number(found[1]) * 1024;
}
