import multipart from '@fastify/multipart';
import { fastify, LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { jobsPart } from '../jobs/jobs-part.js';
import { livePart } from '../live/live-part.js';
import { openaiPart } from '../openai/openai-part.js';
import { healthPart } from '../health/health.js';
import { metricsPart } from '../metrics/metrics.js';
import { notifyPart } from '../notify/notify-part.js';
import { tracingPart } from '../tracing/tracing.js';
import { reportingPart } from '../reporting/reporting-part.js';
import type { Service } from '../service.js';
import { pagePart } from '../web/page-part.js';
import { answerBrokenRequest, sendError, shapeAnswers } from './answers.js';
import { allowOrigins } from './cors.js';
import { guardRequests } from './guard.js';
import { describeRoutes } from './openapi.js';
import { limitPipelining } from './pipelining.js';

/** One part of the server: its routes and what they need. */
export type ServicePart = (app: FastifyInstance, service: Service) => Promise<void> | void;

/** Every part, in the order in which they are added. */
const parts: readonly ServicePart[] = [
  // One a line; first what watches the others.
  metricsPart,
  tracingPart,
  healthPart,
  openaiPart,
  jobsPart,
  livePart,
  notifyPart,
  reportingPart,
  pagePart,
];

/** How long the head of a request may take to come, in ms. */
const headersMs = 15_000;
/** How long all of it may; uploads have a lowest speed beside. */
const requestMs = 6 * 3_600_000;
/** Largest body that is not an upload, in bytes. */
const bodyBytes = 1_048_576;

/** The server of a service, which listens nowhere yet. */
export async function createApp(service: Service): Promise<FastifyInstance> {
  const { options, apiKeys } = service;
  const app = fastify({
    loggerInstance: withoutQueries(service.logger),
    genReqId: correlationId,
    logController: new LogController({ requestIdLogLabel: 'correlation_id' }),
    bodyLimit: bodyBytes,
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs },
    keepAliveTimeout: 5000,
    // By then what runs has ended, or was told to.
    forceCloseConnections: true,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  });
  app.removeContentTypeParser('text/plain');
  shapeAnswers(app);
  limitPipelining(app);
  allowOrigins(app, options.corsOrigins);
  guardRequests(app, service);
  await describeRoutes(app, { keys: apiKeys.length > 0 });
  await app.register(multipart);
  for (const part of parts) await part(app, service);
  return app;
}

/** The client's own where it sent one that can stand in a log, else a new one. */
function correlationId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/u.test(given) ? given : randomUUID();
}

/** A query may hold a key, where a browser cannot send a header. */
function withoutQueries(logger: Service['logger']): Service['logger'] {
  const req = ({ method, url, ip }: FastifyRequest): object => ({
    method,
    url: url.split('?')[0],
    remoteAddress: ip,
  });
  return Object.assign(logger.child({}), { serializers: { req } });
}
