import type { Dispatcher } from 'undici';
import { CpwError } from '../errors.js';
import { noAnswer, refusal, tooSlow, unreachable } from './tmdb-errors.js';

/** How long one attempt may take, its body and all. */
const timeoutMs = 10_000;
/** Credits of the longest series take half a megabyte. */
const mostBytes = 4 * 2 ** 20;

/** One connection pool with the key that goes along. */
export interface TmdbSender {
  readonly send: (
    url: URL,
    options: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ) => Promise<Dispatcher.ResponseData>;
  readonly key: string;
}

/**
 * Asks once. Rejects with the signal's reason, CPW_DOWNLOAD_FAILED where another try may help, or
 * CPW_INVALID_OPTIONS; no error holds the key.
 */
export async function askOnce(
  address: URL,
  { send, key }: TmdbSender,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const path = address.pathname;
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(), timeoutMs);
  const both = signal === undefined ? time.signal : AbortSignal.any([signal, time.signal]);
  try {
    const { url, headers } = withKey(address, key);
    const answer = await send(url, { headers, signal: both });
    if (answer.statusCode !== 200) {
      discard(answer);
      throw refusal({ path, status: answer.statusCode, retryAfterMs: pauseOf(answer) });
    }
    return parse(path, await textOf(path, answer));
  } catch (error) {
    signal?.throwIfAborted();
    if (time.signal.aborted) throw tooSlow(path, timeoutMs);
    throw error instanceof CpwError ? error : unreachable(path, error);
  } finally {
    clearTimeout(timer);
  }
}

/** TMDB has two kinds of keys: a token of version 4, and an older one that stands in the query. */
function withKey(address: URL, key: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(address);
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  if (key.includes('.')) return { url, headers: { ...headers, authorization: `Bearer ${key}` } };
  url.searchParams.set('api_key', key);
  return { url, headers };
}

async function textOf(path: string, { body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      body.destroy();
      throw noAnswer(path, `it is longer than ${mostBytes / 2 ** 20} MB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text itself is not shown: nobody knows what is in it.
    throw noAnswer(path, 'it is not JSON');
  }
}

/** Retry-After, in seconds or as a date. */
function pauseOf({ headers }: Dispatcher.ResponseData): number | undefined {
  const text = [headers['retry-after']].flat()[0];
  if (text === undefined) return undefined;
  const ms = /^\d+$/u.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function discard({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => undefined);
  body.destroy();
}
