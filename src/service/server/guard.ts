import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Service } from '../service.js';
import { bearerOf, keyCheck } from './api-keys.js';
import { checkOrigin } from './origin-check.js';
import { Refusal } from './refusal.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served without a key. */
    open?: boolean;
    /** Served while the server drains, and not waited for. */
    whileDraining?: boolean;
  }
}

/** Seconds after which another server should have taken this one's place. */
const replacedAfterS = 10;

/** Refuses before a body is read: while draining, from foreign pages, without a key. */
export function guardRequests(app: FastifyInstance, service: Service): void {
  const { apiKeys, options } = service;
  const isKey = keyCheck(apiKeys);
  app.addHook('onRequest', async (request, reply) => {
    const { open = false, whileDraining = false } = request.routeOptions.config ?? {};
    if (!whileDraining) {
      if (service.draining()) throw draining();
      // An upgraded connection is its part's own to end.
      if (request.headers.upgrade === undefined) {
        reply.raw.once('close', service.running.begin());
      }
    }
    if (apiKeys.length === 0) checkOrigin(request, options);
    else if (!open) checkKey(request, isKey);
  });
}

/** The refusal of a server that is about to end. */
export function draining(): Refusal {
  return new Refusal(
    'unavailable',
    `The server is being stopped. Next step: try again in ${replacedAfterS} s.`,
    { retryAfterS: replacedAfterS },
  );
}

function checkKey(request: FastifyRequest, isKey: (given: string) => boolean): void {
  const given = bearerOf(request);
  if (given !== undefined && isKey(given)) return;
  throw new Refusal(
    'invalid_api_key',
    `${given === undefined ? 'No API key was sent' : 'The API key is not one of this server'}. ` +
      'Next step: send one of its keys as Authorization: Bearer <key>.',
  );
}
