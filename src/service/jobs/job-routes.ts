import { z } from 'zod';
import { errorResponses } from '../server/error-answer.js';
import { Refusal } from '../server/refusal.js';
import { sendEvents } from '../server/send-events.js';
import { eventAnswer, eventStream } from './event-stream.js';
import type { StoredJob } from './job-store.js';
import { jobHead, jobHeadSchema, jobSchema, jobView, type JobView } from './job-view.js';
import type { Jobs, JobsApp } from './jobs-part.js';

const tags = ['Jobs'];

/** The parameter of all routes of one job. */
export const idSchema = z.object({ id: z.string().max(64).describe("The job's id") });

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Jobs listed at most'),
  after: z.string().max(64).optional().describe('Lists those that are older than this job'),
});

/** The routes that look at jobs, follow and end them. */
export function addJobRoutes(app: JobsApp, jobs: Jobs): void {
  addLooks(app, jobs);
  addEvents(app, jobs);
  addEndings(app, jobs);
}

/** A job by its id. Throws the refusal with status 404. */
export async function jobOf({ store }: Jobs, id: string): Promise<StoredJob> {
  const found = await store.find(id);
  if (found !== undefined) return found;
  throw new Refusal('not_found', 'There is no such job. Next step: GET /v1/jobs lists the jobs.');
}

/** A job as it is now; of one that is not worked on here the disk is asked. */
export async function viewOf(
  { store, runner, service: { pipeline } }: Jobs,
  stored: StoredJob,
): Promise<JobView | undefined> {
  const active = runner.active(stored.record.id);
  const now = await store.refresh(stored);
  return now === undefined ? undefined : jobView(now, { pipeline, active });
}

function addLooks(app: JobsApp, jobs: Jobs): void {
  const { store, runner } = jobs;
  const list = z.object({ data: z.array(jobHeadSchema), hasMore: z.boolean() });
  app.get(
    '/v1/jobs',
    {
      schema: {
        tags,
        summary: 'Lists jobs, the newest first',
        querystring: listQuery,
        response: { 200: list, ...errorResponses(401, 422) },
      },
    },
    async ({ query: { limit, after } }) => {
      const all = store.all.toReversed();
      const from = after === undefined ? 0 : all.findIndex(({ record }) => record.id === after) + 1;
      const shown = all.slice(from, from + limit);
      const data = shown.map((stored) => jobHead(stored, runner.active(stored.record.id)));
      return { data, hasMore: from + limit < all.length };
    },
  );
  app.get(
    '/v1/jobs/:id',
    {
      schema: {
        tags,
        summary: 'A job and its stages',
        params: idSchema,
        response: { 200: jobSchema, ...errorResponses(400, 401, 404, 422) },
      },
      config: { whileDraining: true },
    },
    async ({ params: { id } }) => {
      const view = await viewOf(jobs, await jobOf(jobs, id));
      return view ?? jobOf(jobs, id).then((stored) => jobView(stored, viewing(jobs, id)));
    },
  );
}

function addEvents(app: JobsApp, jobs: Jobs): void {
  app.get(
    '/v1/jobs/:id/events',
    {
      schema: {
        tags,
        summary: 'What happens with a job, as server-sent events',
        description:
          'job (the job), stage, progress, warning; the job once more when it has ended. ' +
          'Last-Event-ID goes on where a connection broke.',
        params: idSchema,
        headers: z.object({ 'last-event-id': z.string().max(64).optional() }),
        response: {
          200: eventAnswer,
          ...errorResponses(400, 401, 404, 422),
        },
      },
      config: { whileDraining: true },
    },
    async ({ params: { id }, headers }, reply) => {
      const stored = await jobOf(jobs, id);
      const stream = eventStream({
        feed: jobs.runner.active(id)?.feed,
        view: () => viewOf(jobs, stored),
        lastEventId: headers['last-event-id'],
        signal: jobs.service.closing,
      });
      return sendEvents(reply, stream);
    },
  );
}

function addEndings(app: JobsApp, jobs: Jobs): void {
  const { store, runner } = jobs;
  app.post(
    '/v1/jobs/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Ends a job; one that has ended stays as it is',
        params: idSchema,
        response: { 200: jobSchema, ...errorResponses(400, 401, 404, 422) },
      },
    },
    async ({ params: { id } }) => {
      const ended = await runner.cancel(await jobOf(jobs, id));
      return jobView(ended, viewing(jobs, id));
    },
  );
  app.delete(
    '/v1/jobs/:id',
    {
      schema: {
        tags,
        summary: 'Ends a job and removes it with all its files',
        params: idSchema,
        response: { 204: z.null(), ...errorResponses(400, 401, 404, 409, 422) },
      },
    },
    async ({ params: { id } }, reply) => {
      await store.remove(await runner.cancel(await jobOf(jobs, id)));
      return reply.code(204).send(null);
    },
  );
}

function viewing({ service, runner }: Jobs, id: string): Parameters<typeof jobView>[1] {
  return { pipeline: service.pipeline, active: runner.active(id) };
}
