import { PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ParsedHubOptions } from '../options/download.js';
import { CpwError } from '../errors.js';
import { networkError, refused, shownUrl } from './download-errors.js';
import { packageVersion } from './package-version.js';

const REDIRECTS = 10;
/** What may wait between the socket and the disk. */
const BUFFER_BYTES = 2 ** 20;

/** An answer with a body that is still to be read. */
export interface HubAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** What the hub itself says of the file, before it sends one elsewhere for the bytes. */
  readonly hub: { readonly etag?: string; readonly bytes?: number };
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads nothing more and lets go of the connection. */
  discard(): void;
}

/** One run's connections to the hub. */
export interface HubClient {
  /** The address of a file of a repository, without secrets. */
  fileUrl(repository: string, revision: string, path: string): string;
  /** The address of the list of a repository's files. */
  treeUrl(repository: string, revision: string): string;
  /**
   * Asks for a resource and follows redirects; 200 and 206 come back, and 416. Throws
   * CPW_DOWNLOAD_FAILED (worth another try) or CPW_MODEL_NOT_FOUND (not).
   */
  get(url: string, options: GetOptions): Promise<HubAnswer>;
  close(): Promise<void>;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a client. Nothing is connected before the first request. */
export async function openHub(options: ParsedHubOptions): Promise<HubClient> {
  // Loaded here: most runs fetch nothing.
  const { EnvHttpProxyAgent, request } = await import('undici');
  const { stallMs, noProxy, httpProxy = '', httpsProxy = '' } = options;
  const endpoint = options.endpoint.replace(/\/+$/u, '');
  const times = { headersTimeout: stallMs, bodyTimeout: stallMs, connectTimeout: stallMs };
  // Empty texts, since undici reads the environment where it gets nothing.
  const proxies = { httpProxy, httpsProxy, noProxy };
  const dispatcher = new EnvHttpProxyAgent({ ...times, ...proxies });
  const send = (url: URL, { headers, signal }: GetOptions): Promise<Dispatcher.ResponseData> =>
    request(url, { dispatcher, headers: { ...headers }, ...(signal && { signal }) });
  const { host } = new URL(endpoint);
  return {
    fileUrl: (repository, revision, path) =>
      `${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${encodeURI(path)}`,
    treeUrl: (repository, revision) =>
      `${endpoint}/api/models/${repository}/tree/${encodeURIComponent(revision)}`,
    get: (url, inner) => follow(new URL(url), inner, { host, token: options.token, send }),
    // close() would wait for bodies that nobody reads any more.
    close: () => dispatcher.destroy(),
  };
}

interface Sender {
  readonly host: string;
  readonly token: string | undefined;
  send(url: URL, options: GetOptions): Promise<Dispatcher.ResponseData>;
}

async function follow(first: URL, options: GetOptions, sender: Sender): Promise<HubAnswer> {
  let url = first;
  let hub: HubAnswer['hub'] = {};
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const answer = await sendOnce(url, options, sender);
    if (url.host === sender.host) hub = { ...hub, ...saidByHub(answer) };
    const location = header(answer, 'location');
    if (answer.statusCode < 300 || answer.statusCode >= 400 || location === undefined) {
      return toAnswer(url, answer, { hub, hasToken: sender.token !== undefined });
    }
    discard(answer);
    url = redirected(url, location);
  }
  throw refused({ url: first.href, status: 310, said: 'redirects in a circle', hasToken: false });
}

async function sendOnce(
  url: URL,
  { headers, signal }: GetOptions,
  sender: Sender,
): Promise<Dispatcher.ResponseData> {
  const { host, token } = sender;
  const all = {
    'accept-encoding': 'identity',
    'user-agent': `cpw-native/${packageVersion()}`,
    ...headers,
    // Another host gets no token, wherever a redirect leads.
    ...(token !== undefined && url.host === host && { authorization: `Bearer ${token}` }),
  };
  try {
    return await sender.send(url, { headers: all, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(url.href, error);
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const safe = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to !== undefined && safe) return to;
  throw new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `${shownUrl(from.href)} leads to an address that is not safe. ` +
      'Next step: check the endpoint (HF_ENDPOINT, --endpoint) and the proxy.',
    { details: { url: shownUrl(from.href) } },
  );
}

function toAnswer(
  url: URL,
  answer: Dispatcher.ResponseData,
  { hub, hasToken }: { hub: HubAnswer['hub']; hasToken: boolean },
): HubAnswer {
  const status = answer.statusCode;
  if (status !== 200 && status !== 206 && status !== 416) {
    discard(answer);
    const retryAfter = header(answer, 'retry-after');
    const said = header(answer, 'x-error-message');
    throw refused({ url: url.href, status, said, retryAfter, hasToken });
  }
  return {
    status,
    hub,
    header: (name) => header(answer, name),
    body: bodyOf(url, answer),
    discard: () => discard(answer),
  };
}

/**
 * The bytes as they come. A stream that fails drops what nobody has read yet, and may fail before
 * anybody reads: what came is kept behind it from the beginning.
 */
function bodyOf(url: URL, { body }: Dispatcher.ResponseData): AsyncIterable<Uint8Array> {
  const kept = new PassThrough({ highWaterMark: BUFFER_BYTES });
  let failure: unknown;
  body.on('error', (error) => {
    failure = error;
    kept.end();
  });
  body.on('close', () => kept.end());
  body.pipe(kept);
  return (async function* () {
    for await (const chunk of kept) yield chunk as Uint8Array;
    if (failure !== undefined) throw networkError(url.href, failure);
  })();
}

/** The hub names the hash and size of a large file in headers of their own. */
function saidByHub(answer: Dispatcher.ResponseData): HubAnswer['hub'] {
  const etag = header(answer, 'x-linked-etag') ?? header(answer, 'etag');
  const bytes = Number(header(answer, 'x-linked-size') ?? Number.NaN);
  return { ...(etag !== undefined && { etag }), ...(Number.isSafeInteger(bytes) && { bytes }) };
}

function header(answer: Dispatcher.ResponseData, name: string): string | undefined {
  return [answer.headers[name]].flat()[0];
}

function discard({ body }: Dispatcher.ResponseData): void {
  // Its error has been dealt with, or does not matter any more.
  body.on('error', () => undefined);
  body.destroy();
}
