import { CpwError, type ModelPool, type Pipeline, type PooledRecognizer } from 'cpw-native';
import type { ParsedServerOptions } from 'cpw-native/options';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { EventEmitter } from 'node:events';
import type { NotifierRequest } from './notify/notifier.js';
import type { ReportingRequest } from './reporting/error-reports.js';
import { createApp } from './server/app.js';
import { draining } from './server/guard.js';
import { RunningWork } from './server/running-work.js';
import { createUploadFolder, type UploadFolder } from './server/upload-folder.js';
import { WorkQueue } from './server/work-queue.js';
import type { ServedModel, Service, ServiceNews } from './service.js';

/** What a server is made of. */
export interface ServeRequest {
  readonly options: ParsedServerOptions;
  readonly served: ServedModel;
  /** Keys that a request may carry; none: every request is served. */
  readonly apiKeys: readonly string[];
  readonly models: ModelPool;
  readonly pipeline: Pipeline;
  /** Who is told of jobs that fail; absent: nobody. */
  readonly notices?: NotifierRequest;
  /** Where errors are reported to; absent: nowhere. */
  readonly reporting?: ReportingRequest;
}

/** How a server runs. */
export interface ServeContext {
  readonly logger: FastifyBaseLogger;
  /** Its abort drains and stops the server. */
  readonly signal: AbortSignal;
  /** Told once it listens. */
  readonly onListening?: (address: string) => void;
}

/** A server that listens. */
export interface RunningServer {
  readonly address: string;
  readonly service: Service;
  /** Settles when the signal was aborted and what was begun then has ended. */
  readonly ended: Promise<void>;
}

/** Silence, heard once before the first request: it brings the speech detector as well. */
const quiet = new Float32Array(16_000);

/** What was told to stop has this long to answer, in ms. */
const stopMs = 2000;

/** Serves until the signal is aborted and what was begun then has ended. */
export async function serve(request: ServeRequest, context: ServeContext): Promise<void> {
  const { address, ended } = await startServer(request, context);
  context.onListening?.(address);
  await ended;
}

/** Loads the model and listens. Throws what `ModelPool.acquire` throws. */
export async function startServer(
  request: ServeRequest,
  context: ServeContext,
): Promise<RunningServer> {
  const { served, models, options } = request;
  const { signal } = context;
  const recognizer = await models.acquire(served.model, served.options, {
    ...served.load,
    signal,
  });
  const uploads = await createUploadFolder(options.uploadDir);
  const release = async (): Promise<void> => {
    recognizer.close();
    await uploads.remove();
  };
  try {
    await recognizer.transcribe(quiet, {}, { signal });
    const stop = new AbortController();
    const service = serviceOf(request, context, { recognizer, uploads, stopped: stop.signal });
    const app = await createApp(service);
    const address = await listen(app, options);
    const ended = runAndRelease(runUntilStopped(app, service, stop), release);
    return { address, service, ended };
  } catch (error) {
    await release();
    throw error;
  }
}

interface Held {
  readonly recognizer: PooledRecognizer;
  readonly uploads: UploadFolder;
  readonly stopped: AbortSignal;
}

function serviceOf(request: ServeRequest, { logger, signal }: ServeContext, held: Held): Service {
  const queue = new WorkQueue(request.options);
  return {
    ...request,
    ...held,
    logger,
    news: new EventEmitter<ServiceNews>().setMaxListeners(0),
    queue,
    queues: new Map([['transcriptions', () => queue.state]]),
    running: new RunningWork(),
    draining: () => signal.aborted,
    closing: signal,
  };
}

async function listen(app: FastifyInstance, options: ParsedServerOptions): Promise<string> {
  const { host, port } = options;
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `Cannot listen on ${host}, port ${port}: ${message}. ` +
        'Next step: choose another port, or end what uses this one.',
      { cause, details: { host, port, code } },
    );
  }
}

async function runAndRelease(run: Promise<void>, release: () => Promise<void>): Promise<void> {
  try {
    await run;
  } finally {
    await release();
  }
}

/** Goes on answering, with refusals, while what runs comes to its end; then stops it, then closes. */
async function runUntilStopped(
  app: FastifyInstance,
  { options, running, closing, logger }: Service,
  stop: AbortController,
): Promise<void> {
  await aborted(closing);
  logger.info({ running: running.count }, 'draining');
  const late = setTimeout(() => stop.abort(draining()), options.drainS * 1000);
  await Promise.race([running.idle(), stopped(stop.signal)]);
  clearTimeout(late);
  await app.close();
  stop.abort(draining());
}

async function stopped(signal: AbortSignal): Promise<void> {
  await aborted(signal);
  await new Promise((resolve) => setTimeout(resolve, stopMs).unref());
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
