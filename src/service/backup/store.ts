import { CpwError } from 'cpw-native';
import { copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** One backup in a store. */
export interface StoredBackup {
  readonly name: string;
  readonly bytes: number;
  /** From its name. */
  readonly createdAt: Date;
}

/** Where backups are. */
export interface BackupStore {
  /** Takes over a file that is whole. Throws where the name is taken. */
  put(name: string, file: string): Promise<void>;
  /** The oldest first. */
  list(): Promise<readonly StoredBackup[]>;
  /** Brings a backup to a file. */
  fetch(name: string, file: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Where a backup is, for people. */
  placeOf(name: string): string;
  close(): void;
}

const pattern = /^backup-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\.tar\.age$/u;

/** `backup-20260131_020000.tar.age`, in UTC. */
export function backupName(at: Date): string {
  const [day = '', time = ''] = at.toISOString().split('T');
  return `backup-${day.replaceAll('-', '')}_${time.slice(0, 8).replaceAll(':', '')}.tar.age`;
}

/** When a backup was made; undefined for what is none. */
export function timeOf(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = pattern.exec(name) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** What is a backup by its name, the oldest first. */
export function backupsAmong(
  found: readonly { readonly name: string; readonly bytes: number }[],
): readonly StoredBackup[] {
  const backups = found.flatMap(({ name, bytes }) => {
    const createdAt = timeOf(name);
    return createdAt === undefined ? [] : [{ name, bytes, createdAt }];
  });
  return backups.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** Backups in a folder. */
export function folderStore(folder: string): BackupStore {
  const root = resolve(folder);
  return {
    put: async (name, file) => {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const beside = join(root, `.${name}.tmp`);
      await rm(beside, { force: true });
      try {
        // The two may be on different disks.
        await link(file, beside).catch(() => copyFile(file, beside));
        await link(beside, join(root, name));
      } catch (cause) {
        throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? taken(join(root, name)) : cause;
      } finally {
        await rm(beside, { force: true });
      }
    },
    list: async () => {
      const names = await readdir(root).catch(() => []);
      const sizes = await Promise.all(
        names.map(async (name) => ({ name, bytes: (await stat(join(root, name))).size })),
      );
      return backupsAmong(sizes);
    },
    fetch: (name, file) => copyFile(join(root, name), file),
    remove: (name) => rm(join(root, name)),
    placeOf: (name) => join(root, name),
    close: () => undefined,
  };
}

/** A second backup in one second. */
export function taken(place: string): CpwError {
  return new CpwError('CPW_INVALID_OPTIONS', `${place} exists. Next step: try again in a second.`, {
    details: { place },
  });
}
