import { CpwError } from '../errors.js';
import {
  connectionCode,
  connectionReasons,
  isCertificateCode,
} from '../network/connection-error.js';

/** An answer that is no answer to the question. */
export interface TmdbRefusal {
  /** Path alone: a query can hold the key. */
  readonly path: string;
  readonly status: number;
  readonly retryAfterMs?: number | undefined;
}

/** The longest pause that is waited for; a job is not held up for longer. */
export const longestPauseMs = 60_000;

/** What a status means. Only a server's own trouble and a request to slow down are worth another try. */
export function refusal({ path, status, retryAfterMs }: TmdbRefusal): CpwError {
  const details = { path, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status >= 500) {
    return failed(`TMDB answers ${status} to ${path}, a trouble of its own`, details);
  }
  if (status === 429) {
    const when =
      retryAfterMs === undefined ? '' : `, for another ${Math.ceil(retryAfterMs / 1000)} s`;
    return failed(`TMDB takes no more requests now (429)${when}`, details);
  }
  const [problem, next] = permanentOf(status);
  return wrong(`TMDB ${problem} ${path} (${status})`, next, details);
}

function permanentOf(status: number): readonly [problem: string, next: string] {
  if (status === 401 || status === 403) {
    return ['refuses the key for', 'check the key; themoviedb.org shows it among the settings'];
  }
  if (status === 404) return ['has no', 'check the number or the title, and film or series'];
  if (status >= 300 && status < 400) {
    return ['sends elsewhere for', 'check the endpoint; no redirect is followed, so the key stays'];
  }
  return ['does not take', 'check the endpoint and the title'];
}

/** A connection that failed. Without its cause, which may hold what was sent. */
export function unreachable(path: string, cause: unknown): CpwError {
  const code = connectionCode(cause);
  const certificate = isCertificateCode(code);
  const reason = certificate ? 'its certificate is not trusted' : connectionReasons[code];
  const known =
    reason ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`);
  return failed(`TMDB cannot be reached for ${path}: ${known}`, { path, systemCode: code });
}

/** An answer that did not come in time. */
export function tooSlow(path: string, ms: number): CpwError {
  return failed(`TMDB gave no answer to ${path} within ${ms / 1000} s`, { path });
}

/** An answer that is none of TMDB's. */
export function noAnswer(path: string, what: string): CpwError {
  return wrong(`What ${path} brought is no answer of TMDB: ${what}`, 'check the endpoint', {
    path,
  });
}

/** After several failures one after the other. */
export function paused(path: string, failures: number): CpwError {
  return failed(`TMDB is not asked for ${path}: it failed ${failures} times just before`, { path });
}

function failed(message: string, details: Readonly<Record<string, unknown>>): CpwError {
  const next = 'try again later, check the network and the proxy, or go on without names';
  return new CpwError('CPW_DOWNLOAD_FAILED', `${message}. Next step: ${next}.`, { details });
}

function wrong(
  message: string,
  next: string,
  details: Readonly<Record<string, unknown>>,
): CpwError {
  return new CpwError('CPW_INVALID_OPTIONS', `${message}. Next step: ${next}.`, { details });
}
