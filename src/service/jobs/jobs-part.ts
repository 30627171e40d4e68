import fastifyStatic from '@fastify/static';
import { CpwError } from 'cpw-native';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from '../reason-of.js';
import type { Service } from '../service.js';
import { JobRunner } from './job-runner.js';
import { JobStore } from './job-store.js';
import { addJobRoutes } from './job-routes.js';
import { addResultRoutes } from './result-routes.js';
import { addSubmitRoute } from './submit-route.js';

/** What the routes of jobs share. */
export interface Jobs {
  readonly service: Service;
  readonly store: JobStore;
  readonly runner: JobRunner;
}

/** An app whose routes take their types from schemas. */
export type JobsApp = FastifyInstance<
  FastifyInstance['server'],
  FastifyRequest['raw'],
  FastifyReply['raw'],
  FastifyInstance['log'],
  ZodTypeProvider
>;

/** Jobs of the pipeline over HTTP: /v1/jobs. Goes on with those that an earlier server accepted. */
export async function jobsPart(app: FastifyInstance, service: Service): Promise<void> {
  const store = new JobStore(service.pipeline);
  const runner = new JobRunner(service, store);
  const jobs = { service, store, runner };
  const { maxQueue: limit } = service.options;
  service.queues.set('jobs', () => ({ ...runner.counts, limit }));
  await app.register(async (inner) => {
    // For its answers to parts of a file alone: it serves no folder.
    const root = resolve(service.pipeline.jobsDir);
    await makeFolder(root);
    await inner.register(fastifyStatic, { root, serve: false });
    const routes = inner.withTypeProvider<ZodTypeProvider>();
    addSubmitRoute(routes, jobs);
    addJobRoutes(routes, jobs);
    addResultRoutes(routes, jobs);
  });
  app.addHook('onReady', async () => {
    await store.scan();
    runner.recover();
  });
  app.addHook('preClose', () => runner.close());
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `The folder of the jobs, ${JSON.stringify(folder)}, cannot be made: ${reasonOf(cause)}. ` +
        'Next step: give one that may be written with --jobs-dir.',
      { cause, details: { folder } },
    );
  }
}
