import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorReport } from './report-schema.js';

type CacheReport = DoctorReport['caches'][number];

/** Models are some ten files each; a folder with more than this is not worth the wait. */
const maxFiles = 5000;

/** What lies in the user's cache folder, and how much of it. */
export async function reportCaches(cacheDir: string): Promise<CacheReport[]> {
  const names = await readdir(cacheDir).catch((): string[] => []);
  const reports = names.sort().map((name) => measure(name, join(cacheDir, name)));
  return Promise.all(reports);
}

async function measure(name: string, path: string): Promise<CacheReport> {
  let [bytes, files, complete] = [0, 0, true];
  const add = async (file: string): Promise<void> => {
    const info = await lstat(file).catch(() => undefined);
    complete &&= info !== undefined;
    bytes += info?.size ?? 0;
    files += 1;
  };
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => {
      complete = false;
      return [];
    });
    for (const entry of entries) {
      if (files >= maxFiles) {
        complete = false;
        return;
      }
      const inner = join(folder, entry.name);
      await (entry.isDirectory() ? walk(inner) : add(inner));
    }
  };
  const info = await lstat(path).catch(() => undefined);
  await (info?.isDirectory() === true ? walk(path) : add(path));
  return { name, path, bytes, files, complete };
}
