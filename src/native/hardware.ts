import {
  hardwareCacheFile,
  readHardwareCache,
  sameKey,
  writeHardwareCache,
  type HardwareEntry,
} from './hardware-cache.js';
import { hardwareKey, type HardwareKey } from './hardware-key.js';
import { probeBackends } from './probe-backends.js';
import type { ProbeOutcome } from './probe-outcome.js';
import { userCacheDir } from './user-cache-dir.js';

/** How {@link tryHardware} works. */
export interface HardwareOptions {
  /** Folder of hardware_cache.json; {@link userCacheDir} unless given. */
  readonly cacheDir?: string | undefined;
  /** True: tries again whatever the cache holds. */
  readonly refresh?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly now?: number;
  /** For tests. */
  readonly probe?: (options: { readonly signal?: AbortSignal }) => Promise<ProbeOutcome>;
}

/** What is known of the addon's backends, and from where. */
export interface KnownHardware {
  readonly outcome: ProbeOutcome;
  readonly probedAt: string;
  readonly from: 'cache' | 'trial';
  readonly cacheFile: string;
  /** Why the cache could not be read or written; `null` where nothing was wrong. */
  readonly cacheProblem: string | null;
}

// A driver that failed may have been mended without a new version; a working one rarely breaks.
const hourMs = 3_600_000;
const trustedMs = { answered: 7 * 24 * hourMs, refused: 0, failed: hourMs };

/**
 * What each backend of the addon at `addonPath` says, tried in a child process, or remembered from
 * the last trial with the same host, driver and addon. Rejects only with the signal's reason.
 */
export async function tryHardware(
  addonPath: string | undefined,
  options: HardwareOptions = {},
): Promise<KnownHardware> {
  const { signal, now = Date.now(), probe = probeBackends } = options;
  const cacheFile = hardwareCacheFile(options.cacheDir ?? userCacheDir());
  const cache = await readHardwareCache(cacheFile);
  const key = addonPath === undefined ? undefined : hardwareKey(addonPath);
  const known = cache.entries.find((entry) => key !== undefined && sameKey(entry.key, key));
  if (known !== undefined && options.refresh !== true && isTrusted(known, now)) {
    const { outcome, probedAt } = known;
    return { outcome, probedAt, from: 'cache', cacheFile, cacheProblem: null };
  }
  const outcome = await probe(signal === undefined ? {} : { signal });
  const probedAt = new Date(now).toISOString();
  const unwritten = await remember(cacheFile, keyOf(outcome, key), { probedAt, outcome });
  const cacheProblem = unwritten ?? cache.problem ?? null;
  return { outcome, probedAt, from: 'trial', cacheFile, cacheProblem };
}

function isTrusted({ outcome, probedAt }: HardwareEntry, now: number): boolean {
  const age = now - Date.parse(probedAt);
  return age >= 0 && age < trustedMs[outcome.kind];
}

/** The child may have taken another file than the first that is there. */
function keyOf(outcome: ProbeOutcome, key: HardwareKey | undefined): HardwareKey | undefined {
  return outcome.kind === 'answered' ? hardwareKey(outcome.addonPath) : key;
}

async function remember(
  file: string,
  key: HardwareKey | undefined,
  found: Pick<HardwareEntry, 'probedAt' | 'outcome'>,
): Promise<string | undefined> {
  if (key === undefined || found.outcome.kind === 'refused') return undefined;
  try {
    await writeHardwareCache(file, { key, ...found });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
