import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CpwError } from '../errors.js';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from './convert/file-error.js';
import { cutShort, shownUrl, wrongFile } from './download-errors.js';
import { withRetries, type RetryOptions } from './download-retry.js';
import type { HubAnswer, HubClient } from './hub-client.js';

/** A file to fetch. What is not known of it is asked of the hub. */
export interface FileWish {
  readonly url: string;
  /** Where it goes. Until it is whole and right it is called `<target>.part`. */
  readonly target: string;
  readonly bytes?: number | undefined;
  readonly sha256?: string | undefined;
}

/** A file that was fetched and checked. */
export interface FetchedFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly url: string;
  /** Whose word its contents were compared with; `nobody`: only recorded. */
  readonly verifiedBy: Verifier;
}

/** The project's own tables, the hub's metadata, or nobody. */
export type Verifier = 'registry' | 'hub' | 'nobody';

export interface FetchOptions extends RetryOptions {
  /** Gets the bytes that are there, as they come; falls when a transfer begins anew. */
  readonly onBytes?: ((received: number) => void) | undefined;
}

/** What is known of a part: only the same version of a file is gone on with. */
interface PartState {
  readonly size: number;
  readonly etag?: string;
}

/** What the bytes have to be. */
interface Expectation {
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
  readonly gitHash: string | undefined;
  readonly verifiedBy: Verifier;
}

/**
 * Fetches one file: goes on with what an earlier run left, checks size and hash, and only then
 * gives the file its name. An abort or a cut keeps the part. Throws CPW_DOWNLOAD_FAILED,
 * CPW_MODEL_NOT_FOUND (refused), CPW_MODEL_INCOMPATIBLE (wrong bytes), CPW_OUT_OF_MEMORY (disk).
 */
export async function fetchFile(
  client: HubClient,
  wish: FileWish,
  options: FetchOptions = {},
): Promise<FetchedFile> {
  await mkdir(dirname(wish.target), { recursive: true }).catch((error: unknown) => {
    throw fileError('write', wish.target, error);
  });
  return withRetries(() => attempt(client, wish, options), options);
}

async function attempt(
  client: HubClient,
  wish: FileWish,
  options: FetchOptions,
): Promise<FetchedFile> {
  const whole = await alreadyWhole(wish);
  if (whole !== undefined) return whole;
  const part = await partState(wish);
  const answer = await ask(client, wish, { part, signal: options.signal });
  if (answer.status === 416) {
    answer.discard();
    await dropPart(wish);
    return attempt(client, wish, options);
  }
  const resumed = answer.status === 206;
  const start = resumed ? part.size : 0;
  const expected = expectation(wish, answer, start);
  const { received, sha256 } = await receive(answer, { wish, start, expected, options });
  const failed = await problemWith(wish, { received, sha256, expected });
  if (failed === undefined) return finish(wish, { received, sha256, expected });
  await dropPart(wish);
  // The beginning may have come from another version of the file: once more from its start.
  if (resumed) return attempt(client, wish, options);
  throw wrongFile(wish.url, failed, { received, sha256, expected: expected.sha256 });
}

/** A file that came whole in a run that ended before all others had come. */
async function alreadyWhole(wish: FileWish): Promise<FetchedFile | undefined> {
  const { bytes, sha256, target } = wish;
  if (bytes === undefined || sha256 === undefined) return undefined;
  for (const path of [target, `${target}.part`]) {
    const info = await stat(path).catch(() => undefined);
    if (info?.size !== bytes || (await hashOf(path, bytes)).digest('hex') !== sha256) continue;
    if (path !== target) await rename(path, target);
    return { bytes, sha256, url: shownUrl(wish.url), verifiedBy: 'registry' };
  }
  return undefined;
}

async function partState({ target, bytes }: FileWish): Promise<PartState> {
  const info = await stat(`${target}.part`).catch(() => undefined);
  if (info === undefined || info.size === 0) return { size: 0 };
  if (bytes !== undefined && info.size >= bytes) return { size: 0 };
  const text = await readFile(`${target}.part.etag`, 'utf8').catch(() => '');
  return { size: info.size, ...(text !== '' && { etag: text }) };
}

async function dropPart({ target }: FileWish): Promise<void> {
  await rm(`${target}.part`, { force: true });
  await rm(`${target}.part.etag`, { force: true });
}

async function ask(
  client: HubClient,
  { url, sha256 }: FileWish,
  { part, signal }: { part: PartState; signal: AbortSignal | undefined },
): Promise<HubAnswer> {
  // Without an etag only a known hash can tell whether two halves belong together.
  const usable = part.size > 0 && (part.etag !== undefined || sha256 !== undefined);
  const headers = {
    ...(usable && { range: `bytes=${part.size}-` }),
    ...(usable && part.etag !== undefined && { 'if-range': part.etag }),
  };
  const answer = await client.get(url, { headers, signal });
  if (answer.status !== 206) return answer;
  const from = /^bytes (\d+)-/u.exec(answer.header('content-range') ?? '')?.[1];
  if (usable && Number(from) === part.size) return answer;
  answer.discard();
  return client.get(url, { signal });
}

function expectation(wish: FileWish, answer: HubAnswer, start: number): Expectation {
  const etag = (answer.hub.etag ?? '').replace(/^W\//u, '').replaceAll('"', '').toLowerCase();
  const saidHash = /^[0-9a-f]{64}$/u.test(etag) ? etag : undefined;
  const gitHash = /^[0-9a-f]{40}$/u.test(etag) ? etag : undefined;
  const length = lengthOf(answer, start);
  if (wish.bytes !== undefined && length !== undefined && length !== wish.bytes) {
    answer.discard();
    const problem = `it has ${length} bytes instead of ${wish.bytes}`;
    throw wrongFile(wish.url, problem, { bytes: length, expected: wish.bytes });
  }
  const byHub = saidHash === undefined && gitHash === undefined ? 'nobody' : 'hub';
  return {
    bytes: wish.bytes ?? answer.hub.bytes ?? length,
    sha256: wish.sha256 ?? saidHash,
    gitHash: wish.sha256 === undefined ? gitHash : undefined,
    verifiedBy: wish.sha256 === undefined ? byHub : 'registry',
  };
}

/** The whole file's length, as the answer tells it. */
function lengthOf(answer: HubAnswer, start: number): number | undefined {
  const total = /\/(\d+)$/u.exec(answer.header('content-range') ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = answer.header('content-length');
  return length === undefined ? undefined : start + Number(length);
}

interface Reception {
  readonly wish: FileWish;
  readonly start: number;
  readonly expected: Expectation;
  readonly options: FetchOptions;
}

async function receive(
  answer: HubAnswer,
  { wish, start, expected, options }: Reception,
): Promise<{ received: number; sha256: string }> {
  const part = `${wish.target}.part`;
  const { signal, onBytes } = options;
  const hash = await hashOf(part, start);
  await rememberEtag(wish, answer);
  const file = await open(part, start > 0 ? 'r+' : 'w').catch((error: unknown) => {
    answer.discard();
    throw fileError('write', part, error);
  });
  let received = start;
  try {
    for await (const chunk of answer.body) {
      await writeAll(file, chunk, received);
      hash.update(chunk);
      received += chunk.byteLength;
      if (received > (expected.bytes ?? Infinity)) break;
      onBytes?.(received);
      signal?.throwIfAborted();
    }
    if (received < (expected.bytes ?? 0)) throw cutShort(wish.url, received, expected.bytes ?? 0);
    await file.sync();
  } catch (error) {
    signal?.throwIfAborted();
    throw diskError(part, error);
  } finally {
    answer.discard();
    await file.close();
  }
  return { received, sha256: hash.digest('hex') };
}

/** A strong etag names these very bytes; a weak one does not. */
async function rememberEtag({ target }: FileWish, answer: HubAnswer): Promise<void> {
  const etag = answer.header('etag') ?? '';
  const path = `${target}.part.etag`;
  if (/^"[^"\r\n]{1,200}"$/u.test(etag)) await writeFile(path, etag);
  else await rm(path, { force: true });
}

async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  chunk: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < chunk.byteLength) {
    const length = chunk.byteLength - done;
    done += (await file.write(chunk, done, length, position + done)).bytesWritten;
  }
}

function diskError(path: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return fileError('write', path, error);
  return new CpwError(
    'CPW_OUT_OF_MEMORY',
    `The disk is full at '${path}'. Next step: free some space and run it again, which goes on ` +
      'with what came, or choose another folder (--models-dir).',
    { cause: error, details: { path, systemCode: code } },
  );
}

async function problemWith(
  wish: FileWish,
  { received, sha256, expected }: { received: number; sha256: string; expected: Expectation },
): Promise<string | undefined> {
  const { bytes, sha256: wanted, gitHash } = expected;
  if (bytes !== undefined && received !== bytes) return `it has more than ${bytes} bytes`;
  if (wanted !== undefined && sha256 !== wanted) return `its hash is ${sha256}, not ${wanted}`;
  if (gitHash === undefined) return undefined;
  // The hub's name of a small file is git's: a hash over its length and its bytes.
  const hash = createHash('sha1').update(`blob ${received}\0`);
  for await (const chunk of createReadStream(`${wish.target}.part`)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  return found === gitHash ? undefined : `its git hash is ${found}, not ${gitHash}`;
}

async function finish(
  wish: FileWish,
  { received, sha256, expected }: { received: number; sha256: string; expected: Expectation },
): Promise<FetchedFile> {
  await rename(`${wish.target}.part`, wish.target);
  await rm(`${wish.target}.part.etag`, { force: true });
  const { verifiedBy } = expected;
  return { bytes: received, sha256, url: shownUrl(wish.url), verifiedBy };
}

/** The hash of a file's first bytes, to be gone on with. */
async function hashOf(path: string, bytes: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash;
  for await (const chunk of createReadStream(path, { end: bytes - 1 }))
    hash.update(chunk as Buffer);
  return hash;
}
