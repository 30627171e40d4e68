import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { withFile } from '../openai/fields.js';
import { errorResponses } from '../server/error-answer.js';
import { formValidator } from '../server/form.js';
import { modelOf } from '../served-models.js';
import { sendEvents } from '../server/send-events.js';
import { eventAnswer, eventStream } from './event-stream.js';
import { jobRequestSchema, stageOptions, type JobWish } from './job-request.js';
import { viewOf } from './job-routes.js';
import type { ActiveJob } from './job-runner.js';
import type { StoredJob } from './job-store.js';
import { jobHead, jobHeadSchema } from './job-view.js';
import type { Jobs, JobsApp } from './jobs-part.js';
import { receiveJob } from './receive-job.js';

const submitQuery = z.object({
  wait: z
    .stringbool()
    .default(false)
    .describe('Answers with the events of the job, which is cancelled when the client leaves'),
});

const schema = {
  summary: 'Submits a recording',
  description:
    'A form with the file as "file" and, beside it, what is to become of it as JSON in "request". ' +
    'Once it is answered with 202 the job is not lost, whatever becomes of the server.',
  consumes: ['multipart/form-data'],
  querystring: submitQuery,
  body: withFile(z.object({ request: jobRequestSchema.prefault({}) })),
  response: {
    200: eventAnswer,
    202: jobHeadSchema,
    ...errorResponses(400, 401, 404, 413, 415, 422, 429, 500, 503),
  },
} as const;

/** POST /v1/jobs */
export function addSubmitRoute(app: JobsApp, jobs: Jobs): void {
  app.post(
    '/v1/jobs',
    {
      schema,
      validatorCompiler: formValidator,
    },
    async (request, reply) => {
      using place = jobs.runner.reserve();
      const stored = await accept(request, { jobs, reply });
      const active = place.take(stored);
      if (request.query.wait) return await follow({ stored, active }, { jobs, reply });
      const head = jobHead(stored, active);
      return await reply.code(202).header('location', head.links.self).send(head);
    },
  );
}

/** When this resolves, the recording is the job's and on the disk. */
async function accept(
  request: FastifyRequest,
  { jobs, reply }: { readonly jobs: Jobs; readonly reply: FastifyReply },
): Promise<StoredJob> {
  const { service, store } = jobs;
  await using received = await receiveJob(request, { reply, service });
  const { file, wish } = received;
  await checkModels(wish, service.served);
  const { traceparent } = request.headers;
  // Awaited: the recording must not be removed before it was moved.
  const stored = await store.accept({
    path: file.path,
    name: file.name,
    request: wish,
    options: stageOptions(wish, service),
    correlationId: request.id,
    // What is no trace context has been taken out of the headers by then.
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
  });
  return stored;
}

async function checkModels(
  { workflow, options }: JobWish,
  served: Jobs['service']['served'],
): Promise<void> {
  await modelOf(served, options.asr.model, { param: 'options.asr.model' });
  const { model, targets } = options.translation;
  if (workflow === 'transcribe' || targets.length === 0) return;
  await modelOf(served, model, { also: ['demo'], param: 'options.translation.model' });
}

/** The job is bound to this answer: nobody else waits for it. */
async function follow(
  { stored, active }: { readonly stored: StoredJob; readonly active: ActiveJob },
  { jobs, reply }: { readonly jobs: Jobs; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const stream = eventStream({
    feed: active.feed,
    view: () => viewOf(jobs, stored),
    signal: jobs.service.stopped,
  });
  const leave = (): void => {
    if (active.feed.ended || jobs.service.closing.aborted) return;
    jobs.runner.cancel(stored).catch((error: unknown) => {
      jobs.service.logger.error({ err: error, job_id: stored.record.id }, 'not cancelled');
    });
  };
  if (reply.raw.destroyed) leave();
  else reply.raw.once('close', leave);
  return sendEvents(reply, stream);
}
