import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { reportError } from './error-answer.js';
import { Refusal, refusalRows } from './refusal.js';

const securityHeaders = {
  'cache-control': 'no-store',
  // A part with a page of its own sets another one.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** How long a client may go on sending what was refused, so that it comes to read why. */
const lingerMs = 10_000;

/** Headers of every answer, and one shape of all errors. */
export function shapeAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => setHeaders(request, reply));
  app.addHook('onResponse', async (request) => linger(request));
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0]?.slice(0, 200);
    throw new Refusal(
      'not_found',
      `There is no ${request.method} ${path} here. Next step: /openapi.json lists what there is.`,
    );
  });
}

function setHeaders({ id }: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', id);
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!reply.hasHeader(name)) reply.header(name, value);
  }
}

/** Answers with an error, and logs it: ours as an error, the client's as a note. */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, body, retryAfterS } = reportError(error, { requestId: request.id });
  if (status >= 500 && !(error instanceof Refusal)) request.log.error({ err: error }, 'failed');
  else request.log.info({ code: body.error.code, status }, `refused: ${body.error.message}`);
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // Requests without a route run no hook.
  setHeaders(request, reply);
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

/** Answers what is not HTTP, or too slow to become a request. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, code] = broken[error.code ?? ''] ?? ['400 Bad Request', 'malformed_request'];
  const { type } = refusalRows[code];
  const message = 'The request cannot be read as HTTP/1.1. Next step: see the client that sent it.';
  const body = JSON.stringify({ error: { message, type, param: null, code } });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

const broken: Partial<Record<string, readonly [string, 'malformed_request' | 'request_timeout']>> =
  {
    ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout'],
    HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'malformed_request'],
  };

function linger({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return;
  const { socket } = raw;
  raw.resume();
  const late = setTimeout(() => socket.destroy(), lingerMs).unref();
  raw.once('close', () => clearTimeout(late));
}
