import { isLoopback } from 'cpw-native';
import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

/** What tells whose web page a request may come from. */
export interface OriginRules {
  /** Where the server listens. */
  readonly host: string;
  readonly corsOrigins: readonly string[];
}

/**
 * Refuses what a foreign web page sends through the browser of somebody who may reach this server:
 * such pages can send forms and open sockets anywhere, and by a name of their own that leads to
 * 127.0.0.1 (DNS rebinding) read the answers too. Where keys are asked for, those hold them off.
 */
export function checkOrigin(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { host: listening, corsOrigins }: OriginRules,
): void {
  const { origin, host = '' } = headers;
  if (isLoopback(listening) && !isLoopback(nameOf(host))) {
    throw new Refusal(
      'origin_not_allowed',
      'The request was sent to another name than this machine. Next step: use 127.0.0.1 or ' +
        'localhost; behind a proxy, let it send its own Host, or configure an API key.',
    );
  }
  if (origin === undefined || corsOrigins.includes(origin) || hostOf(origin) === host) return;
  throw new Refusal(
    'origin_not_allowed',
    'The request comes from a web page of another origin. Next step: add that origin to ' +
      'corsOrigins, or configure an API key.',
  );
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/u, '');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
