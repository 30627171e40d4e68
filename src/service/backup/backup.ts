import { CpwError, type BreakerNews } from 'cpw-native';
import type { ParsedBackupOptions } from 'cpw-native/options';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IndexEntry } from './archive-index.js';
import { readKeyFile } from './key-file.js';
import { readArchive } from './read-archive.js';
import { s3Store } from './s3-store.js';
import { backupName, folderStore, type BackupStore, type StoredBackup } from './store.js';
import { writeArchive, type BackupFile } from './write-archive.js';

/** How work on backups goes. */
export interface BackupContext {
  readonly signal?: AbortSignal | undefined;
  readonly onBreaker?: ((news: BreakerNews) => void) | undefined;
  /** Default: now. */
  readonly now?: Date;
}

/** Makes a backup, reads all of it again, and only then puts it where it counts. */
export async function createBackup(
  files: readonly BackupFile[],
  options: ParsedBackupOptions,
  context: BackupContext = {},
): Promise<{ readonly name: string; readonly place: string; readonly files: number }> {
  const { signal, now = new Date() } = context;
  const identity = await readKeyFile(options.backupKeyFile);
  const name = backupName(now);
  return withStore(options, context, (store) =>
    inTemporary(async (folder) => {
      const file = join(folder, name);
      const { includeOutputs } = options;
      const written = await writeArchive(files, file, {
        identity,
        createdAt: now,
        includeOutputs,
        signal,
      });
      const { entries } = await readArchive(file, identity, { signal });
      if (entries.length !== written.entries.length) throw new Error('the archive lost files');
      await store.put(name, file);
      return { name, place: store.placeOf(name), files: entries.length };
    }),
  );
}

/** The backups that are there, the oldest first. */
export function listBackups(
  options: ParsedBackupOptions,
  context: BackupContext = {},
): Promise<readonly (StoredBackup & { readonly place: string })[]> {
  return withStore(options, context, async (store) =>
    (await store.list()).map((one) => ({ ...one, place: store.placeOf(one.name) })),
  );
}

/** Removes backups older than `keepDays`; the newest stays, however old it is. Resolves to their names. */
export function pruneBackups(
  options: ParsedBackupOptions,
  context: BackupContext = {},
): Promise<readonly string[]> {
  const { now = new Date() } = context;
  const oldest = now.getTime() - options.keepDays * 86_400_000;
  return withStore(options, context, async (store) => {
    const all = await store.list();
    const old = all.slice(0, -1).filter(({ createdAt }) => createdAt.getTime() < oldest);
    for (const { name } of old) await store.remove(name);
    return old.map(({ name }) => name);
  });
}

/** What is asked of a restoration. */
export interface RestoreRequest {
  /** One of the list, or `latest`. */
  readonly name: string;
  /** Where a file goes. */
  readonly placeOf: (entry: Pick<IndexEntry, 'kind' | 'target'>) => string;
  readonly overwrite: boolean;
  /** True: it is checked and said what would be written. */
  readonly dryRun?: boolean;
}

/**
 * Brings files back. The whole backup is checked before the first one is written, each appears
 * whole, and what exists is an error unless it may be replaced. Resolves to their paths.
 */
export async function restoreBackup(
  { name, placeOf, overwrite, dryRun = false }: RestoreRequest,
  options: ParsedBackupOptions,
  context: BackupContext = {},
): Promise<{ readonly name: string; readonly files: readonly string[] }> {
  const { signal } = context;
  const identity = await readKeyFile(options.backupKeyFile);
  return withStore(options, context, (store) =>
    inTemporary(async (folder) => {
      const chosen = await choose(store, name);
      const file = join(folder, chosen);
      await store.fetch(chosen, file);
      const { entries } = await readArchive(file, identity, { signal });
      const places = new Map(entries.map((entry) => [entry.name, placeOf(entry)]));
      const files = [...places.values()];
      // This machine remakes its own when it is stale: it is no reason to refuse the rest.
      const owned = entries.filter(({ kind }) => kind !== 'hardware');
      if (!overwrite) await refuseExisting(owned.map((entry) => placeOf(entry)));
      if (!dryRun) await unpack(file, identity, { places, signal });
      return { name: chosen, files };
    }),
  );
}

async function unpack(
  file: string,
  identity: string,
  {
    places,
    signal,
  }: { readonly places: ReadonlyMap<string, string>; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const written = new Map<string, string>();
  try {
    await readArchive(file, identity, {
      signal,
      take: async (name, chunks) => {
        const place = places.get(name) ?? '';
        const beside = join(dirname(place), `.${basename(place)}.restored`);
        await mkdir(dirname(place), { recursive: true });
        written.set(beside, place);
        await rm(beside, { force: true });
        await pipeline(
          chunks,
          createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true }),
        );
      },
    });
    for (const [beside, place] of written) await rename(beside, place);
  } finally {
    await Promise.all([...written.keys()].map((beside) => rm(beside, { force: true })));
  }
}

async function choose(store: BackupStore, wanted: string): Promise<string> {
  const names = (await store.list()).map(({ name }) => name);
  const found = wanted === 'latest' ? names.at(-1) : names.find((name) => name === wanted);
  if (found !== undefined) return found;
  throw new CpwError(
    'CPW_FILE_NOT_FOUND',
    `There is no backup ${JSON.stringify(wanted)} in ${store.placeOf('')}. Next step: backup list shows them.`,
    { details: { wanted } },
  );
}

async function refuseExisting(files: readonly string[]): Promise<void> {
  const there = await Promise.all(files.map((file) => lstat(file).catch(() => undefined)));
  const existing = files.filter((_, index) => there[index] !== undefined);
  if (existing.length === 0) return;
  const named = existing.slice(0, 5).map((file) => JSON.stringify(file));
  const rest = existing.length > named.length ? ` and ${existing.length - named.length} more` : '';
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `${named.join(', ')}${rest} ${existing.length === 1 ? 'exists' : 'exist'}, and nothing was written. Next step: move them away, or give --overwrite.`,
    { details: { existing } },
  );
}

async function withStore<T>(
  { backupTo, s3Endpoint: endpoint }: ParsedBackupOptions,
  { onBreaker }: BackupContext,
  work: (store: BackupStore) => Promise<T>,
): Promise<T> {
  const store = backupTo.startsWith('s3://')
    ? s3Store(backupTo, { endpoint, onBreaker })
    : folderStore(backupTo);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

async function inTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cpw-backup-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
