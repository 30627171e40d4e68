import t from 'tap';
import { EventEmitter } from 'node:events';
import { ModelPool, Pipeline } from 'cpw-native';
import { serverOptionsSchema } from 'cpw-native/options';
import { pino } from 'pino';
import type { ServerPackage } from '../../src/cli/server-package.js';
import * as server from '../../src/service/index.js';

// The command line calls the package by this shape.
const asCalled: ServerPackage = server;

t.test('when the server runs, it tells its address, serves, and ends by its signal', async (t) => {
  const stop = new AbortController();
  const news = new EventEmitter<{ listening: [string] }>();
  const models = new ModelPool();
  const pipeline = new Pipeline({ jobsDir: t.testdir() });
  t.teardown(() => Promise.all([models.close(), pipeline.close()]));
  const address = new Promise<string>((resolve) => news.once('listening', resolve));
  const options = serverOptionsSchema.parse({ port: 0 });
  const served = { model: 'tiny.en', options: {} };
  const running = asCalled.serve(
    { options, served, apiKeys: [], models, pipeline },
    {
      logger: pino({ level: 'silent' }),
      signal: stop.signal,
      onListening: (at) => news.emit('listening', at),
    },
  );
  const answer = await fetch(`${await address}/openapi.json`);
  t.match(await answer.json(), { openapi: '3.1.0', info: { title: 'cpw-native' } });
  stop.abort(new Error('enough'));
  await running;
});
