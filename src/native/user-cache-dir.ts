import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where things are kept between runs unless a folder is given: `cpw-native` in the user's cache
 * folder. `cacheHome` is XDG_CACHE_HOME's value, which must be absolute to count.
 */
export function userCacheDir(cacheHome?: string): string {
  const base = cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : undefined;
  return join(base ?? join(homedir(), '.cache'), 'cpw-native');
}
