import { z } from 'zod';
import { basename, dirname } from 'node:path';
import { errorResponses } from '../server/error-answer.js';
import { Refusal } from '../server/refusal.js';
import { jobFiles, jobFileSchema } from './job-files.js';
import { idSchema, jobOf } from './job-routes.js';
import type { Jobs, JobsApp } from './jobs-part.js';

const tags = ['Jobs'];

const fileAnswer = {
  description: 'The file',
  content: { '*/*': { schema: z.string() } },
} as const;

/** The routes that hand out what a job has made. */
export function addResultRoutes(app: JobsApp, jobs: Jobs): void {
  addList(app, jobs);
  addFile(app, jobs);
}

function addList(app: JobsApp, jobs: Jobs): void {
  const result = z.object({
    id: z.string(),
    status: z.enum(['completed', 'failed', 'cancelled']),
    files: z.array(jobFileSchema),
  });
  app.get(
    '/v1/jobs/:id/result',
    {
      schema: {
        tags,
        summary: 'The files of a job that has ended',
        params: idSchema,
        response: { 200: result, ...errorResponses(400, 401, 404, 409, 422) },
      },
    },
    async ({ params: { id } }) => {
      const found = await jobOf(jobs, id);
      const stored = (await jobs.store.refresh(found)) ?? found;
      const { state } = stored.record;
      if (state === 'accepted') throw notEnded();
      const files = await jobFiles(stored, jobs.service.pipeline);
      return { id, status: state, files: [...files.values()].map(({ shown }) => shown) };
    },
  );
}

function addFile(app: JobsApp, jobs: Jobs): void {
  app.get(
    '/v1/jobs/:id/files/:name',
    {
      schema: {
        tags,
        summary: 'A file of a job, by its name in the result; a part of it by Range',
        params: idSchema.extend({ name: z.string().max(512) }),
        response: { 200: fileAnswer, 206: fileAnswer, ...errorResponses(400, 401, 404, 422) },
      },
    },
    async ({ params: { id, name } }, reply) => {
      const stored = await jobOf(jobs, id);
      const file = (await jobFiles(stored, jobs.service.pipeline)).get(name);
      if (file === undefined) {
        throw new Refusal(
          'not_found',
          'The job has no such file. Next step: GET its result, which lists the files.',
        );
      }
      const saved = encodeURIComponent(name).replaceAll(/['()*]/gu, escaped);
      reply.header('content-disposition', `attachment; filename*=UTF-8''${saved}`);
      reply.serializer(String);
      const how = { contentType: false, cacheControl: false, dotfiles: 'allow' } as const;
      return reply.type(file.shown.type).sendFile(basename(file.path), dirname(file.path), how);
    },
  );
}

function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}

function notEnded(): Refusal {
  return new Refusal(
    'conflict',
    'The job has not ended. Next step: wait for it; GET its events tells when.',
    { retryAfterS: 5 },
  );
}
