import { CpwError } from '../errors.js';
import {
  connectionCode,
  connectionReasons,
  isCertificateCode,
} from '../network/connection-error.js';

/** What of an answer matters when it is a refusal. */
export interface Refusal {
  readonly url: string;
  readonly status: number;
  /** The hub's own words, from its headers. */
  readonly said?: string | undefined;
  readonly retryAfter?: string | undefined;
  readonly hasToken: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  ...connectionReasons,
  UND_ERR_HEADERS_TIMEOUT: 'it took the request and does not answer',
  UND_ERR_BODY_TIMEOUT: 'it sends nothing any more',
};

const NETWORK_STEP =
  'check the network and the proxy (HTTPS_PROXY, NO_PROXY) and run it again: what came is kept. ' +
  'Without a network, `cpw-native models import <path>` takes a model from a disk';

/** A connection that failed or stalled: worth another try. */
export function networkError(url: string, cause: unknown): CpwError {
  const code = connectionCode(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const certificate = isCertificateCode(code);
  const reason = certificate
    ? `its certificate is not trusted (${code})`
    : (reasons[code] ?? plainText(message));
  const step = certificate
    ? 'where a proxy or mirror has a certificate of its own, name it in NODE_EXTRA_CA_CERTS'
    : NETWORK_STEP;
  return new CpwError(
    'CPW_DOWNLOAD_FAILED',
    `Cannot fetch ${shownUrl(url)}: ${reason}. Next step: ${step}.`,
    { cause, details: { url: shownUrl(url), systemCode: code } },
  );
}

/** A transfer that ended before the file did: worth another try. */
export function cutShort(url: string, received: number, expected: number): CpwError {
  return new CpwError(
    'CPW_DOWNLOAD_FAILED',
    `The transfer of ${shownUrl(url)} ended after ${received} of ${expected} bytes. ` +
      'Next step: run it again; it goes on where it stopped.',
    { details: { url: shownUrl(url), received, expected } },
  );
}

/** An answer that is no file. Of these only a server's own trouble (5xx) is worth another try. */
export function refused({ url, status, said, retryAfter, hasToken }: Refusal): CpwError {
  const words = said === undefined ? '' : `: ${plainText(said)}`;
  const where = shownUrl(url);
  if (status >= 500) {
    const message = `${where} answers ${status}, a trouble of the server's own${words}.`;
    return error('CPW_DOWNLOAD_FAILED', message, { step: 'try again later', where, status });
  }
  const step = stepFor(status, { hasToken, retryAfter, origin: new URL(url).origin });
  const message = `${where} is refused with ${status}${words}.`;
  return error('CPW_MODEL_NOT_FOUND', message, { step, where, status });
}

function stepFor(
  status: number,
  facts: { hasToken: boolean; retryAfter: string | undefined; origin: string },
): string {
  const token = facts.hasToken
    ? 'check that the token in HF_TOKEN is valid and may read it'
    : 'put an access token of the hub into HF_TOKEN';
  if (status === 401) return `check the name; where the model is private or gated, ${token}`;
  if (status === 403)
    return `accept the terms on the model's page at ${facts.origin}, then ${token}`;
  if (status === 404 || status === 410) {
    return 'check the endpoint (HF_ENDPOINT, --endpoint), or take a newer version of this package';
  }
  if (status === 429) {
    const seconds = Number(facts.retryAfter);
    const when = seconds > 0 ? `in ${seconds} s` : 'in some minutes';
    return `too many requests: run it again ${when}${facts.hasToken ? '' : `, or ${token}`}`;
  }
  return 'check the endpoint (HF_ENDPOINT, --endpoint) and the proxy';
}

/** A file that is not the one that was asked for. Trying again brings the same. */
export function wrongFile(
  url: string,
  problem: string,
  details: Readonly<Record<string, unknown>>,
): CpwError {
  return error('CPW_MODEL_INCOMPATIBLE', `${shownUrl(url)} is not the expected file: ${problem}.`, {
    step:
      'run it again; where it stays, something between here and the hub changes files ' +
      '(proxy, mirror), or take a newer version of this package',
    where: shownUrl(url),
    ...details,
  });
}

function error(
  code: 'CPW_DOWNLOAD_FAILED' | 'CPW_MODEL_NOT_FOUND' | 'CPW_MODEL_INCOMPATIBLE',
  message: string,
  { step, where, ...details }: { step: string; where: string; [fact: string]: unknown },
): CpwError {
  return new CpwError(code, `${message} Next step: ${step}.`, {
    details: { url: where, ...details },
  });
}

/** An address without what could be a secret: no user, no password, no query. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Another machine's words as one short line that no terminal obeys. */
function plainText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
