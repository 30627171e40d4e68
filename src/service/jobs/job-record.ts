import { writeAtomically } from 'cpw-native';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileName = 'service.json';

/** Why a job failed, as clients see it. */
export const jobErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  stage: z.string().optional(),
});

const recordSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(/^job_[0-9a-f]{32}$/u),
  name: z.string().describe("The upload's name, as the client gave it"),
  acceptedAt: z.iso.datetime(),
  correlationId: z.string(),
  request: z.unknown().describe('As it was checked'),
  state: z.enum(['accepted', 'completed', 'failed', 'cancelled']),
  endedAt: z.iso.datetime().optional(),
  error: jobErrorSchema.optional(),
});

/**
 * service.json in a job's folder: what the server knows beside the manifest. A job that has it in
 * the state `accepted` is worked on until it has ended, by whichever server sees its folder.
 */
export type JobRecord = z.output<typeof recordSchema>;

/** A job's record; undefined for a job that is none of a server. */
export async function readRecord(folder: string): Promise<JobRecord | undefined> {
  try {
    const text = await readFile(join(folder, fileName), 'utf8');
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Puts a job's record onto the disk. */
export async function writeRecord(folder: string, record: JobRecord): Promise<void> {
  await writeAtomically(join(folder, fileName), `${JSON.stringify(record, null, 2)}\n`);
}
