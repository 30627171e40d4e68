import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { Refusal } from './refusal.js';

/** Requests of one connection that may wait for their answers. */
const mostAtOnce = 16;

/**
 * Closes connections that ask on and on without an answer in between: every answer that is not read
 * would be kept in memory.
 */
export function limitPipelining(app: FastifyInstance): void {
  const unanswered = new WeakMap<Socket, number>();
  app.addHook('onRequest', async ({ raw: { socket } }, { raw }) => {
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    raw.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (count <= mostAtOnce) return;
    socket.destroy();
    throw new Refusal(
      'malformed_request',
      `More than ${mostAtOnce} requests of one connection wait for their answers. ` +
        'Next step: read an answer before the next request.',
    );
  });
}
