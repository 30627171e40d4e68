import type { FastifyReply } from 'fastify';
import type { Service } from '../service.js';
import { Refusal } from './refusal.js';

/** Aborted when the client leaves before it was answered, and when the server has to stop. */
export function callSignal(
  { raw }: Pick<FastifyReply, 'raw'>,
  { stopped }: Pick<Service, 'stopped'>,
): AbortSignal {
  const left = new AbortController();
  const leave = (): void => {
    if (!raw.writableFinished) left.abort(new Refusal('client_left', 'The client has left.'));
  };
  if (raw.destroyed) leave();
  else raw.once('close', leave);
  return AbortSignal.any([left.signal, stopped]);
}
