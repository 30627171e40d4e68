import { errorCodes } from '../../errors.js';
import { reportAddon, type AddonReport } from './addon.js';
import { reportFfmpeg } from './ffmpeg.js';
import { findingsOf, type Finding } from './findings.js';
import { reportHost, type HostReport } from './host.js';
import { reportModels, type ModelsReport } from './models.js';

/** Everything that `doctor` knows. */
export interface DoctorReport {
  readonly version: string;
  /** False when an error among the findings keeps everything from working. */
  readonly usable: boolean;
  readonly host: HostReport;
  readonly addon: AddonReport;
  readonly models: ModelsReport;
  /** What ffmpeg says of itself, `null` without one. */
  readonly ffmpeg: string | null;
  readonly findings: readonly Finding[];
}

/** Looks at the machine, the addon and the models. Never throws for what it finds. */
export async function examine(version: string, modelsDir?: string): Promise<DoctorReport> {
  const [host, addon, models, ffmpeg] = await Promise.all([
    reportHost(),
    reportAddon(),
    reportModels(modelsDir),
    reportFfmpeg(),
  ]);
  const facts = { version, host, addon, models, ffmpeg };
  const findings = findingsOf(facts);
  return { ...facts, usable: !findings.some(({ level }) => level === 'error'), findings };
}

/** The status with which a doctor that found the machine unusable exits. */
export const unusableStatus = errorCodes.CPW_BINARY_NOT_FOUND.exitStatus;
