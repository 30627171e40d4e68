import { resolve } from 'node:path';
import { errorCodes } from '../../errors.js';
import { reportAddon } from './addon.js';
import { reportCaches } from './caches.js';
import { reportEnvironment } from './environment.js';
import { findingsOf } from './findings.js';
import { reportGpu } from './gpu.js';
import { reportHost } from './host.js';
import { reportModels } from './models.js';
import { reportPrograms } from './programs.js';
import type { DoctorReport, Facts } from './report-schema.js';
import { reportStages } from './stages.js';

/** Where to look. */
export interface Examination {
  readonly version: string;
  readonly modelsDir: string;
  readonly cacheDir: string;
  /** True: the backends are tried again whatever the hardware cache holds. */
  readonly refresh: boolean;
  /** The configuration file in force, where there is one. */
  readonly configFile?: string;
  readonly signal?: AbortSignal;
}

/**
 * Looks at the machine, the addon and the models. Rejects only with the signal's reason: what is
 * wrong is a finding.
 */
export async function examine(examination: Examination): Promise<DoctorReport> {
  const { version, modelsDir, cacheDir, configFile = null } = examination;
  const [host, gpu, addon, models, programs, caches] = await Promise.all([
    reportHost(),
    reportGpu(),
    reportAddon({ ...examination, cacheDir: resolve(cacheDir) }),
    reportModels(resolve(modelsDir)),
    reportPrograms(),
    reportCaches(resolve(cacheDir)),
  ]);
  const environment = reportEnvironment(process.env);
  const facts: Facts = {
    schemaVersion: 1,
    version,
    host,
    gpu: gpu.devices.length > 0 ? gpu : { ...gpu, devices: gpusOf(addon.addon) },
    ...addon,
    models,
    programs,
    caches,
    configFile,
    environment,
  };
  const findings = findingsOf(facts);
  const usable = !findings.some(({ level }) => level === 'error');
  return { ...facts, stages: await reportStages(facts), usable, findings };
}

/** GPUs that only the addon tells of: Metal's, or CUDA's without nvidia-smi. */
function gpusOf({ backends }: DoctorReport['addon']): DoctorReport['gpu']['devices'] {
  return backends
    .filter(
      ({ engine, device, available }) => engine === 'whisper' && device !== 'cpu' && available,
    )
    .map(({ device, detail: name }) => {
      const vendor = device === 'metal' ? 'Apple' : 'NVIDIA';
      return { name, vendor, memoryBytes: null, source: 'addon' };
    });
}

/** The status with which a doctor that found the machine unusable exits. */
export const unusableStatus = errorCodes.CPW_BINARY_NOT_FOUND.exitStatus;
