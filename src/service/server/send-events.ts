import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';

/** Answers with a stream of server-sent events, which no proxy is to hold back. */
export function sendEvents(reply: FastifyReply, stream: Readable): FastifyReply {
  reply.header('x-accel-buffering', 'no');
  return reply.type('text/event-stream; charset=utf-8').send(stream);
}
