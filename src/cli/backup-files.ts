import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { hardwareCacheFile } from '../native/hardware-cache.js';
import type { ParsedGlossaryOptions } from '../options/glossary.js';
import { listJobs, type Job } from '../pipeline/job.js';
import type { BackupFile } from './server-package.js';
import { secretsFile } from './user-config-dir.js';

/** Where everything is that a backup keeps. */
export interface BackupPlaces {
  readonly configFile: string | undefined;
  readonly cacheDir: string;
  readonly glossary: ParsedGlossaryOptions;
  readonly jobsDir: string;
}

/** What makes a job: its request, what is finished, and what stages remember. */
const record = /^(job\.json|manifest\.json|\.checkpoints\/[^/]+\.json)$/u;
/** What is half-written, or was found damaged. */
const passing = /(^|\/)\.[^/]*\.(tmp|part)(\.[^/]*)?$|\.set-aside-/u;

/**
 * The files that a backup keeps, without those that are not there. Of a job the request and the
 * manifest come first: what the manifest says is finished was whole before it said so.
 */
export async function backupFiles(
  { configFile, cacheDir, glossary, jobsDir }: BackupPlaces,
  { includeOutputs }: { readonly includeOutputs: boolean },
): Promise<readonly BackupFile[]> {
  const jobs = await listJobs(jobsDir);
  const tables = [...glossary.glossary, ...glossary.names, ...jobs.flatMap(tablesOf)];
  const single: BackupFile[] = [
    ...(configFile === undefined ? [] : [at('config', configFile)]),
    at('secrets', secretsFile()),
    at('hardware', hardwareCacheFile(cacheDir)),
    ...[...new Set(tables.map((table) => resolve(table)))].map((table) => at('glossary', table)),
  ];
  const there = await Promise.all(single.map(({ path }) => isFile(path)));
  const found = single.filter((_, index) => there[index]);
  for (const job of jobs) found.push(...(await filesOf(job, jobsDir, includeOutputs)));
  return found;
}

function at(kind: BackupFile['kind'], path: string): BackupFile {
  return { kind, path: resolve(path), target: resolve(path) };
}

/** The tables that a job reads when it is run again. */
function tablesOf({ request }: Job): readonly string[] {
  const { glossary, names } = request.options['glossary_load'] ?? {};
  return [glossary, names].flatMap((one) => (Array.isArray(one) ? one.map(String) : []));
}

async function filesOf(
  { folder }: Job,
  jobsDir: string,
  includeOutputs: boolean,
): Promise<readonly BackupFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !passing.test(name) && (includeOutputs || record.test(name)));
  const rank = (name: string): number =>
    name === 'job.json' ? 0 : name === 'manifest.json' ? 1 : record.test(name) ? 2 : 3;
  names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return names.map((name) => {
    const path = join(folder, name);
    return { kind: 'job', path, target: relative(resolve(jobsDir), path).split(sep).join('/') };
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
