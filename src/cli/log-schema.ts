import { z } from 'zod';

/** One line of the log. Parts may add fields; those that are listed mean the same in every line. */
export const logLineSchema = z
  .looseObject({
    time: z.iso.datetime(),
    level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    msg: z.string().optional(),
    component: z.literal('engine').optional().describe('The line is one of the engines'),
    job_id: z.string().optional(),
    stage: z.string().optional(),
    correlation_id: z.string().optional().describe("A request's, or a job's run"),
    file: z.string().optional().describe('The media file'),
    duration_seconds: z.number().min(0).optional(),
    audio_seconds: z.number().min(0).optional().describe('Length of the recording'),
    memory_mb: z.number().min(0).optional(),
    segments_count: z.int().min(0).optional(),
    timestamp: z.iso.datetime().optional(),
    model: z.string().optional(),
    device: z.string().optional(),
    code: z.string().optional().describe("An error's, as docs and exit statuses have it"),
    error: z.string().optional().describe("An error's message"),
    err: z
      .looseObject({ type: z.string(), message: z.string(), stack: z.string() })
      .optional()
      .describe('An error with its stack'),
    req: z
      .looseObject({ method: z.string(), url: z.string() })
      .optional()
      .describe('A request that came; its query is left out'),
    res: z.looseObject({ statusCode: z.number() }).optional(),
    responseTime: z.number().optional().describe('In milliseconds'),
  })
  .describe('One line of the log');
