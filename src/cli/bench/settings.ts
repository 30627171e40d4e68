import type { EngineName } from '../../types.js';

/** How the cores are shared out: `threads` is the total, as the option of that name. */
export interface Shares {
  readonly replicas: number;
  readonly threads: number;
}

/** What a trial of `cpw-native bench` runs with. */
export interface Setting extends Shares {
  readonly engine: EngineName;
  readonly windowS: number;
}

/** What came of a setting. */
export interface Trial extends Setting {
  /** Seconds until the model was loaded. */
  readonly loadS: number;
  /** The best of the trials, with everything but the loading. */
  readonly elapsedS: number;
  readonly speed: number;
  /** Words of the transcript: settings that lose or invent many are no bargain. */
  readonly words: number;
}

/** Windows that are worth a try, the option's default among them. */
export const windowLengths = [15, 30] as const;

/**
 * The ways to share the cores that are worth a try: one thread each, all for one, and halves between
 * them. More threads than cores are always slower.
 */
export function waysToShare(cores: number): readonly Shares[] {
  const half = Math.floor(cores / 2);
  const replicas = [...new Set([cores, ...(half > 1 ? [half] : []), 1])];
  return replicas.map((one) => ({ replicas: one, threads: cores }));
}

/** A faster setting than the defaults' has to be so much faster: less is what trials differ by. */
const worthwhile = 1.05;

/** The setting to take; the defaults' own where nothing is much faster. */
export function fastest(trials: readonly Trial[], defaults: Setting): Trial | undefined {
  const [best] = trials.toSorted((a, b) => b.speed - a.speed);
  const usual = trials.find((one) => sameSetting(one, defaults));
  if (best === undefined || usual === undefined) return best;
  return best.speed > usual.speed * worthwhile ? best : usual;
}

/** True where two settings are the same. */
export function sameSetting(one: Setting, other: Setting): boolean {
  return (
    one.engine === other.engine &&
    one.replicas === other.replicas &&
    one.threads === other.threads &&
    one.windowS === other.windowS
  );
}

/** A setting as lines of the configuration file, keys alone that differ from the defaults. */
export function differences(setting: Setting, defaults: Setting): readonly [string, string][] {
  const keys = ['engine', 'replicas', 'threads', 'windowS'] as const;
  return keys
    .filter((key) => setting[key] !== defaults[key])
    .map((key) => [key, String(setting[key])]);
}
