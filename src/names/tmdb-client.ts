import type { z } from 'zod';
import { CpwError } from '../errors.js';
import type { ParsedTmdbOptions } from '../options/tmdb.js';
import type { BreakerNews } from '../network/breaker.js';
import { keepAnswer, readAnswer, type KeptAnswer } from './tmdb-cache.js';
import { noAnswer } from './tmdb-errors.js';
import { tmdbPolicy, type TmdbPolicy, type TmdbRetry } from './tmdb-policy.js';
import { askOnce, type TmdbSender } from './tmdb-request.js';

/** What a client needs that stands in no option. */
export interface TmdbAccess {
  /** A key of either kind. Absent: only what is kept can be answered. */
  readonly key?: string | undefined;
  /** Folder of the answers that are kept. */
  readonly cacheDir: string;
  /** True: the network is never touched. */
  readonly offline?: boolean | undefined;
  readonly proxies?:
    | {
        readonly httpProxy?: string | undefined;
        readonly httpsProxy?: string | undefined;
        readonly noProxy?: string | undefined;
      }
    | undefined;
  readonly onRetry?: ((retry: TmdbRetry) => void) | undefined;
  /** Told when TMDB is left alone, and when it is asked again. */
  readonly onBreaker?: ((news: BreakerNews) => void) | undefined;
}

/** A question: a path below the endpoint, with its query. */
export interface TmdbQuestion<Schema extends z.ZodType> {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly schema: Schema;
}

const dayMs = 86_400_000;

/** Asks TMDB, keeps the answers, and leaves it alone for a while when it is down. */
export class TmdbClient {
  readonly #options: ParsedTmdbOptions;
  readonly #access: TmdbAccess;
  readonly #policy: TmdbPolicy;
  #sender: (TmdbSender & { destroy(): Promise<void> }) | undefined;

  /** Nothing is connected before the first question. */
  constructor(options: ParsedTmdbOptions, access: TmdbAccess) {
    this.#options = options;
    this.#access = access;
    this.#policy = tmdbPolicy(access.onBreaker);
  }

  /**
   * The answer, from the cache where it is young enough. `onOld` is told where an older one has to
   * do. Throws CPW_DOWNLOAD_FAILED or CPW_INVALID_OPTIONS where there is none at all.
   */
  async get<Schema extends z.ZodType>(
    { path, query, schema }: TmdbQuestion<Schema>,
    context: {
      readonly signal?: AbortSignal | undefined;
      readonly onOld?: (text: string) => void;
    } = {},
  ): Promise<z.output<Schema>> {
    const address = addressOf(this.#options.endpoint, path, query);
    const kept = await readAnswer(this.#access.cacheDir, address.href);
    const old = schema.safeParse(kept?.answer);
    const isYoung = kept !== undefined && kept.ageMs < this.#options.cacheDays * dayMs;
    if (old.success && isYoung) return old.data;
    try {
      const answer = await this.#ask(address, context.signal);
      const found = schema.safeParse(answer);
      if (!found.success) throw noAnswer(address.pathname, firstIssue(found.error));
      await this.#keep(address.href, found.data);
      return found.data;
    } catch (error) {
      context.signal?.throwIfAborted();
      if (!old.success || kept === undefined || !(error instanceof CpwError)) throw error;
      context.onOld?.(`${error.message} Taken: an answer of ${daysOf(kept)} days ago.`);
      return old.data;
    }
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    const sender = this.#sender;
    this.#sender = undefined;
    await sender?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(address: URL, signal: AbortSignal | undefined): Promise<unknown> {
    const { key, offline, onRetry } = this.#access;
    if (offline === true) {
      throw new CpwError(
        'CPW_DOWNLOAD_FAILED',
        `TMDB is not asked for ${address.pathname}, since the network is off (--offline), and ` +
          'no answer is kept. Next step: run it once with a network.',
      );
    }
    const sender = (this.#sender ??= await openSender(checkedKey(key), this.#access.proxies));
    const attempt = (inner: AbortSignal | undefined): Promise<unknown> =>
      askOnce(address, sender, inner);
    return this.#policy(address.pathname, attempt, { signal, onRetry });
  }

  async #keep(asked: string, answer: unknown): Promise<void> {
    if (this.#options.cacheDays === 0) return;
    // A full disk or a folder that is not ours costs the next run a request, and no more.
    await keepAnswer(this.#access.cacheDir, asked, answer).catch(() => undefined);
  }
}

function addressOf(endpoint: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(`${endpoint.replace(/\/+$/u, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function checkedKey(key: string | undefined): string {
  if (key !== undefined && /^[\x21-\x7e]+$/u.test(key)) return key;
  const problem = key === undefined || key === '' ? 'no key was given' : 'the key is none';
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `TMDB cannot be asked: ${problem}. Next step: get one at themoviedb.org (settings, API) and ` +
      'put it into CPW_TMDB_KEY.',
  );
}

async function openSender(
  key: string,
  proxies: TmdbAccess['proxies'] = {},
): Promise<TmdbSender & { destroy(): Promise<void> }> {
  // Loaded here: most runs ask nothing.
  const { EnvHttpProxyAgent, request } = await import('undici');
  const { httpProxy = '', httpsProxy = '', noProxy = '' } = proxies;
  // Empty texts, since undici reads the environment where it gets nothing. One clock rules: ours.
  const times = { headersTimeout: 0, bodyTimeout: 0 };
  const agent = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy, ...times });
  return {
    key,
    send: (url, { headers, signal }) => request(url, { dispatcher: agent, headers, signal }),
    // close() would wait for bodies that nobody reads any more.
    destroy: () => agent.destroy(),
  };
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it has another shape' : `${issue.path.join('.')}: ${issue.message}`;
}

const daysOf = ({ ageMs }: KeptAnswer): number => Math.max(0, Math.round(ageMs / dayMs));
