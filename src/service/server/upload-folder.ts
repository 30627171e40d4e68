import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this process alone, for uploads under names that no request chooses. */
export interface UploadFolder {
  readonly path: string;
  /** A path that is not taken yet. */
  newPath(): string;
  /** Removes it with all that lies in it. */
  remove(): Promise<void>;
}

/** In one process there may be several servers. */
let foldersOfThisProcess = 0;
// The host, since a folder may be shared by several.
const ours = `cpw-native-uploads-${hostname().replaceAll(/[^A-Za-z0-9]/gu, '_')}-`;

/**
 * Makes the folder and removes those of servers of this host that ended without doing so. Only this
 * user can enter it.
 */
export async function createUploadFolder(parent: string = tmpdir()): Promise<UploadFolder> {
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const path = await mkdtemp(join(parent, `${ours}${process.pid}-`));
  foldersOfThisProcess += 1;
  return {
    path,
    newPath: () => join(path, randomUUID()),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(ours) ? /^(\d+)-/u.exec(name.slice(ours.length))?.[1] : undefined;
    if (pid === undefined || isRunning(Number(pid))) continue;
    // Another user's cannot be removed, and is that user's to remove.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  // In a container every start has the same number, and this one has made no folder yet.
  if (pid === process.pid) return foldersOfThisProcess > 0;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
