import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, utimes, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { fileError, systemErrorCode } from './convert/file-error.js';
import { waitByClock, type Wait } from './download-retry.js';

const BEAT_MS = 2000;
const STALE_MS = 15_000;
const POLL_MS = 250;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  readonly wait?: Wait | undefined;
  /** Called once when somebody else holds the lock; gets who. */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** Milliseconds without a sign of life after which a lock counts as left behind. */
  readonly staleMs?: number | undefined;
}

/**
 * Runs `work` while no other process does so under the same lock file. The holder gives a sign of
 * life every two seconds; a lock without one is taken over. That holds between hosts that share the
 * folder: a process number says nothing there, and clocks may differ, so only changes are compared.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError('write', dirname(path), error);
  });
  await acquire(path, token, options);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    // Whoever took it over while this process slept keeps it.
    if ((await readLock(path))?.token === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  const { signal, wait = waitByClock, onWait, staleMs = STALE_MS } = options;
  let seen: { readonly state: string; readonly since: number } | undefined;
  while (!(await create(path, token))) {
    signal?.throwIfAborted();
    const held = await readLock(path);
    if (held === undefined) continue;
    const now = performance.now();
    if (seen === undefined) onWait?.(held.holder);
    if (seen?.state !== held.state) seen = { state: held.state, since: now };
    if (now - seen.since > staleMs) await takeAway(path, held.token);
    else await wait(POLL_MS, signal);
  }
}

/** True when the file did not exist, which file systems decide for all hosts at once. */
async function create(path: string, token: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${token}\n${hostname()}, process ${process.pid}\n`);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw fileError('write', path, error);
  }
}

interface HeldLock {
  readonly token: string;
  readonly holder: string;
  /** Differs after each sign of life. */
  readonly state: string;
}

async function readLock(path: string): Promise<HeldLock | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const [token = '', holder = ''] = text.split('\n');
    return { token, holder, state: `${token} ${mtimeMs}` };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  }
}

/** Renaming succeeds for one of those who try, and shows whether it was the lock that was meant. */
async function takeAway(path: string, token: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw fileError('write', path, error);
  }
  const taken = await readLock(aside);
  if (taken?.token === token) return rm(aside, { force: true });
  await rename(aside, path);
}
