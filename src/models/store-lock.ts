import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readlink, rename, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { CpwError } from '../errors.js';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from './convert/file-error.js';
import { waitByClock, type Wait } from './retry.js';

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
  /** Makes the error for a holder that is alive, in the place of waiting for its end. */
  readonly refuse?: ((holder: string) => CpwError) | undefined;
  /** Milliseconds between two signs of life. */
  readonly beatMs?: number | undefined;
}

/** What `withLock` gives its work. */
export interface Hold {
  /** Aborted when somebody took the lock over, as after a sleep of this process. */
  readonly lost: AbortSignal;
  /** Throws CPW_INVALID_OPTIONS unless the lock is still held: asked before what cannot be undone. */
  check(): Promise<void>;
}

/**
 * Runs `work` while no other process does so under the same lock file. The holder gives a sign of
 * life every two seconds; a lock without one is taken over. That holds between hosts that share the
 * folder: a process number says nothing there, and clocks may differ, so only changes are compared.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: (hold: Hold) => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError('write', dirname(path), error);
  });
  await acquire(path, token, options);
  const lost = new AbortController();
  const check = async (): Promise<void> => {
    lost.signal.throwIfAborted();
    if ((await readLock(path))?.token === token) return;
    lost.abort(takenOver(path));
    lost.signal.throwIfAborted();
  };
  const beat = setInterval(() => {
    const now = new Date();
    // Looked at first: a sign of life must not be given for whoever took the lock over.
    check()
      .then(() => utimes(path, now, now))
      .catch(() => undefined);
  }, options.beatMs ?? BEAT_MS);
  beat.unref();
  try {
    return await work({ lost: lost.signal, check });
  } finally {
    clearInterval(beat);
    // Whoever took it over while this process slept keeps it.
    if ((await readLock(path))?.token === token) await rm(path, { force: true });
  }
}

function takenOver(path: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `Another process took over the lock ${JSON.stringify(path)}, since this one gave no sign of ` +
      'life. Next step: let the other one finish.',
    { details: { path } },
  );
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  const { signal, wait = waitByClock, onWait, staleMs = STALE_MS, refuse } = options;
  const origin = await originOf();
  let seen: { readonly state: string; readonly since: number } | undefined;
  while (!(await create(path, { token, origin }))) {
    signal?.throwIfAborted();
    const held = await readLock(path);
    if (held === undefined) continue;
    const now = performance.now();
    if (seen === undefined) onWait?.(held.holder);
    const alive = seen !== undefined && seen.state !== held.state;
    if (alive && refuse !== undefined) throw refuse(held.holder);
    if (seen?.state !== held.state) seen = { state: held.state, since: now };
    const dead = now - seen.since > staleMs || isGone(held, origin);
    if (dead) await takeAway(path, held.token);
    else await wait(POLL_MS, signal);
  }
}

/** True when the file did not exist, which file systems decide for all hosts at once. */
async function create(
  path: string,
  { token, origin }: { readonly token: string; readonly origin: string },
): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    const { pid } = process;
    await file.writeFile(`${token}\n${hostname()}, process ${pid}\n${origin}\n${pid}\n`);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw fileError('write', path, error);
  }
}

/** Names the boot and the process table that a process number belongs to; '' where nobody can tell. */
async function originOf(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** True where the holder was in this very process table and is no longer: no need to wait for it. */
function isGone({ origin, pid }: HeldLock, mine: string): boolean {
  if (origin === '' || origin !== mine || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH';
  }
}

interface HeldLock {
  readonly token: string;
  readonly holder: string;
  readonly origin: string;
  readonly pid: number;
  /** Differs after each sign of life. */
  readonly state: string;
}

async function readLock(path: string): Promise<HeldLock | undefined> {
  try {
    // Opened anew: that is when a network file system asks its server for what is new.
    await using file = await open(path, 'r');
    const { mtimeMs } = await file.stat();
    const text = await file.readFile('utf8');
    const [token = '', holder = '', origin = '', pid = ''] = text.split('\n');
    return { token, holder, origin, pid: Number(pid), state: `${token} ${mtimeMs}` };
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
