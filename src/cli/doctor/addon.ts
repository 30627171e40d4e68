import { stat } from 'node:fs/promises';
import { expectedAddonPath } from '../../native/load.js';
import { tryHardware, type KnownHardware } from '../../native/hardware.js';
import type { ProbeOutcome } from '../../native/probe-outcome.js';
import type { DoctorReport } from './report-schema.js';

/** How the addon is looked at. */
export interface AddonQuestion {
  readonly cacheDir: string;
  readonly refresh: boolean;
  readonly signal?: AbortSignal;
}

/** Tries the addon in a child process, or remembers what the last trial of it found. */
export async function reportAddon(
  question: AddonQuestion,
): Promise<Pick<DoctorReport, 'addon' | 'hardwareCache'>> {
  const expected = expectedAddonPath();
  const known = await tryHardware(expected, question);
  const { outcome } = known;
  const path = outcome.kind === 'answered' ? outcome.addonPath : (expected ?? null);
  const size = path === null ? undefined : (await stat(path).catch(() => undefined))?.size;
  return {
    addon: { path, bytes: size ?? null, ...factsOf(outcome), printed: outcome.printed },
    hardwareCache: cacheOf(known),
  };
}

function cacheOf(known: KnownHardware): DoctorReport['hardwareCache'] {
  const { cacheFile: path, from, probedAt: triedAt, cacheProblem: problem } = known;
  return { path, from, triedAt, problem };
}

function factsOf(outcome: ProbeOutcome): Omit<DoctorReport['addon'], 'path' | 'bytes' | 'printed'> {
  const nothing = { versions: {}, build: {}, backends: [], trouble: null };
  if (outcome.kind === 'answered') {
    const { versions, build, backends, trouble } = outcome;
    return { versions, build, backends, failure: null, trouble };
  }
  if (outcome.kind === 'refused') {
    const { kind, code, message, trouble } = outcome;
    return { ...nothing, failure: { kind, code, signal: null, message }, trouble };
  }
  const { failure: kind, signal, message } = outcome;
  return { ...nothing, failure: { kind, code: null, signal, message } };
}
