import { z } from 'zod';
import type { ServicePart } from '../server/app.js';
import { version } from '../version.js';
import { healthState, isReady, type HealthState } from './state.js';

const time = z.iso.datetime();
const checksSchema = z.strictObject({
  models_loaded: z.boolean(),
  disk_space: z.boolean(),
  memory_available: z.boolean(),
  gpu_available: z.boolean().optional(),
  queue: z.boolean().describe('Every queue is below its limit'),
  accepting: z.boolean().describe('false: the server drains'),
});
const readySchema = z.strictObject({
  status: z.enum(['ready', 'not_ready']),
  checks: checksSchema,
  timestamp: time,
  version: z.string(),
});
const healthSchema = z.strictObject({
  status: z.enum(['healthy', 'unhealthy']),
  timestamp: time,
  version: z.string(),
  uptime_seconds: z.number(),
  checks: checksSchema,
  details: z.strictObject({
    model: z.string(),
    disk_free_gb: z.number().optional(),
    disk_needed_gb: z.number(),
    memory_available_gb: z.number(),
    memory_needed_gb: z.number(),
    queues: z.record(
      z.string(),
      z.strictObject({ waiting: z.number(), running: z.number(), limit: z.number() }),
    ),
  }),
});

/** /health, /health/ready and /health/live, all without a key. */
export const healthPart: ServicePart = (app, service) => {
  // Asked every few seconds: not worth a line each.
  const quiet = { config: { open: true, whileDraining: true }, logLevel: 'warn' } as const;
  const timestamp = (): string => new Date().toISOString();
  const live = { response: { 200: z.strictObject({ alive: z.literal(true) }) } };
  app.get('/health/live', { ...quiet, schema: live }, () => ({ alive: true }));
  const ready = { response: { 200: readySchema, 503: readySchema } };
  app.get('/health/ready', { ...quiet, schema: ready }, async (_request, reply) => {
    const state = await healthState(service);
    const well = isReady(state);
    const status = well ? 'ready' : 'not_ready';
    const body = { status, checks: state.checks, timestamp: timestamp(), version };
    return reply.code(well ? 200 : 503).send(body);
  });
  const whole = { response: { 200: healthSchema, 503: healthSchema } };
  app.get('/health', { ...quiet, schema: whole }, async (_request, reply) => {
    const state = await healthState(service);
    const well = isReady(state);
    return reply.code(well ? 200 : 503).send({
      status: well ? 'healthy' : 'unhealthy',
      timestamp: timestamp(),
      version,
      uptime_seconds: Math.round(process.uptime()),
      checks: state.checks,
      details: detailsOf(state, service.options),
    });
  });
};

function detailsOf(
  { freeDiskBytes, availableMemoryBytes, queues, model }: HealthState,
  { minDiskGb, minMemoryGb }: { readonly minDiskGb: number; readonly minMemoryGb: number },
): z.output<typeof healthSchema>['details'] {
  return {
    model,
    ...(freeDiskBytes === undefined ? {} : { disk_free_gb: gigabytes(freeDiskBytes) }),
    disk_needed_gb: minDiskGb,
    memory_available_gb: gigabytes(availableMemoryBytes),
    memory_needed_gb: minMemoryGb,
    queues,
  };
}

function gigabytes(bytes: number): number {
  return Math.round(bytes / 1e7) / 100;
}
