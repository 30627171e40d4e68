import { ModelPool, Pipeline } from 'cpw-native';
import { serverOptionsSchema, type ServerOptions } from 'cpw-native/options';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Test } from 'tap';
import { startServer, type Service } from '../../src/service/index.js';
import { modelsDir } from './models.js';

/** How a test's server differs from one with tiny.en, no key and a free port. */
export interface TestServerOptions {
  readonly options?: ServerOptions;
  readonly model?: string;
  readonly apiKeys?: readonly string[];
  readonly jobsDir?: string;
  /** Where the log goes. Absent: nowhere. */
  readonly log?: DestinationStream;
  /** In its place. */
  readonly logger?: Logger;
}

/** A server in this process. */
export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly service: Service;
  readonly models: ModelPool;
  /** Begins to drain. */
  readonly stop: () => void;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
}

const silent = pino({ level: 'silent' });

/** Starts a server with a real model, which ends with the test. */
export async function startTestServer(
  t: Test,
  { options = {}, model = 'tiny.en', apiKeys = [], jobsDir, log, logger }: TestServerOptions = {},
): Promise<TestServer> {
  const stop = new AbortController();
  const models = new ModelPool();
  const pipeline = new Pipeline({ jobsDir: jobsDir ?? t.testdir(), models });
  const close = () => Promise.all([models.close(), pipeline.close()]);
  t.teardown(close);
  const running = await startServer(
    {
      options: serverOptionsSchema.parse({ port: 0, drainS: 5, ...options }),
      served: { model, options: { ...modelsDir, download: 'never' } },
      apiKeys,
      models,
      pipeline,
    },
    {
      logger: logger ?? (log === undefined ? silent : pino({ level: 'debug' }, log)),
      signal: stop.signal,
    },
  );
  const { address: url, service, ended } = running;
  t.teardown(async () => {
    stop.abort(new Error('the test is over'));
    await ended;
  });
  return { url, service, models, stop: () => stop.abort(new Error('stopped')), ended };
}
