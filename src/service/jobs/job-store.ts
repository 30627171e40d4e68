import { randomUUID } from 'node:crypto';
import type { Job, Pipeline } from 'cpw-native';
import type { JobWish } from './job-request.js';
import { readRecord, writeRecord, type JobRecord } from './job-record.js';

/** A job of the server. */
export interface StoredJob {
  readonly job: Job;
  readonly record: JobRecord;
}

/** An upload that is to become a job. */
export interface Upload {
  readonly path: string;
  readonly name: string;
  readonly request: JobWish;
  readonly options: Job['request']['options'];
  readonly correlationId: string;
  /** W3C trace context of who asked. */
  readonly traceparent: string | undefined;
}

/** So long the folders are not read again for an id that was not found, in ms. */
const rescanMs = 2000;

/** The server's jobs, by ids of their own: no id of a request ever becomes a path. */
export class JobStore {
  readonly #pipeline: Pipeline;
  readonly #jobs = new Map<string, StoredJob>();
  #scannedAt = -Infinity;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  /** Reads what is on the disk. */
  async scan(): Promise<void> {
    this.#scannedAt = performance.now();
    for (const job of await this.#pipeline.list()) {
      const record = await readRecord(job.folder);
      if (record !== undefined) this.#jobs.set(record.id, { job, record });
    }
  }

  /** The oldest first. */
  get all(): readonly StoredJob[] {
    return [...this.#jobs.values()];
  }

  /** When this resolves, the job outlasts whatever happens to the server. */
  async accept({ path: input, name, request, correlationId, ...how }: Upload): Promise<StoredJob> {
    const { workflow } = request;
    const job = await this.#pipeline.create({ workflow, input, adoptAs: name, ...how });
    const record: JobRecord = {
      version: 1,
      id: `job_${randomUUID().replaceAll('-', '')}`,
      name,
      acceptedAt: new Date().toISOString(),
      correlationId,
      request,
      state: 'accepted',
    };
    await writeRecord(job.folder, record);
    return this.#keep({ job, record });
  }

  /** A job by its id, also of another server that shares the folder. */
  async find(id: string): Promise<StoredJob | undefined> {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known;
    if (performance.now() - this.#scannedAt > rescanMs) await this.scan();
    return this.#jobs.get(id);
  }

  /** What the disk says of a job; undefined where it is gone. */
  async refresh({ job, record }: StoredJob): Promise<StoredJob | undefined> {
    const found = await readRecord(job.folder);
    if (found !== undefined) return this.#keep({ job, record: found });
    this.#jobs.delete(record.id);
    return undefined;
  }

  async save({ job, record }: StoredJob, change: Partial<JobRecord>): Promise<StoredJob> {
    const changed = { ...record, ...change };
    await writeRecord(job.folder, changed);
    return this.#keep({ job, record: changed });
  }

  /** Removes a job with all its files. */
  async remove({ job, record }: StoredJob): Promise<void> {
    await this.#pipeline.remove(job);
    this.#jobs.delete(record.id);
  }

  #keep(stored: StoredJob): StoredJob {
    this.#jobs.set(stored.record.id, stored);
    return stored;
  }
}
