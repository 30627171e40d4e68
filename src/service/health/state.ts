import { statfs } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { memoryLimits } from 'cpw-native';
import type { Service } from '../service.js';

/** How a server is, in numbers. */
export interface HealthState {
  readonly checks: HealthChecks;
  readonly freeDiskBytes: number | undefined;
  readonly availableMemoryBytes: number;
  readonly queues: Readonly<Record<string, { waiting: number; running: number; limit: number }>>;
  readonly model: string;
}

/** What has to be so for a server to be ready. */
export interface HealthChecks {
  readonly models_loaded: boolean;
  readonly disk_space: boolean;
  readonly memory_available: boolean;
  /** Where the model is to run on a GPU. */
  readonly gpu_available?: boolean;
  readonly queue: boolean;
  readonly accepting: boolean;
}

const bytesOfGb = 1e9;

/** Looks at everything that a server needs. */
export async function healthState(service: Service): Promise<HealthState> {
  const { options, served, pipeline, models, recognizer } = service;
  const queues = Object.fromEntries([...service.queues].map(([name, state]) => [name, state()]));
  const freeDiskBytes = await freeDisk(pipeline.jobsDir);
  const availableMemoryBytes = memoryLimits().available;
  const { path, device } = recognizer.info;
  const gpu = gpuCheck(served.options['device'], device);
  const checks: HealthChecks = {
    models_loaded: models.models.some((one) => one.path === path && one.state !== 'loading'),
    disk_space: enough(freeDiskBytes, options.minDiskGb),
    memory_available: enough(availableMemoryBytes, options.minMemoryGb),
    ...(gpu === undefined ? {} : { gpu_available: gpu }),
    queue: Object.values(queues).every(({ waiting, limit }) => limit === 0 || waiting < limit),
    accepting: !service.draining(),
  };
  // A model may be named by its path, which is nobody else's concern.
  const name = basename(served.model);
  return { checks, freeDiskBytes, availableMemoryBytes, queues, model: name };
}

/** True where nothing stands in the way of taking work. */
export function isReady({ checks }: HealthState): boolean {
  return Object.values(checks).every((well) => well !== false);
}

function enough(bytes: number | undefined, leastGb: number): boolean {
  return leastGb === 0 || (bytes !== undefined && bytes >= leastGb * bytesOfGb);
}

/** Undefined where no GPU was asked for and none is used. */
function gpuCheck(asked: unknown, used: string | undefined): boolean | undefined {
  return asked === 'cuda' || used === 'cuda' ? used === 'cuda' : undefined;
}

/** Of the file system that the folder will be on; undefined where nobody can tell. */
async function freeDisk(folder: string): Promise<number | undefined> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch {
      if (place === dirname(place)) return undefined;
    }
  }
}
