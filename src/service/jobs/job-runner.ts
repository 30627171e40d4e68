import { CpwError, type PipelineEvent } from 'cpw-native';
import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from '../server/refusal.js';
import { WorkQueue, type Place } from '../server/work-queue.js';
import type { Service } from '../service.js';
import { JobFeed } from './job-feed.js';
import { jobRequestSchema, stageOptions } from './job-request.js';
import type { JobRecord } from './job-record.js';
import type { JobStore, StoredJob } from './job-store.js';
import { jobErrorOf, withoutPlaces } from './shown-error.js';

/** Until a full queue is asked again, and until a job that another server holds is, in ms. */
const fullMs = 1000;
const heldMs = 5000;
/** How often a job's record is looked at for a cancel that came to another server, in ms. */
const lookMs = 3000;

/** A job that waits or runs in this process. */
export interface ActiveJob {
  readonly stop: AbortController;
  readonly feed: JobFeed;
  state: 'queued' | 'running';
  ended: Promise<void>;
}

/** A place for an upload that is still coming. */
export interface Reservation extends Disposable {
  /** The upload has become a job, which takes the place over. */
  take(stored: StoredJob): ActiveJob;
}

/**
 * Works on accepted jobs, the oldest first. It takes its turns from the server's queue, as requests
 * do. Nothing that it knows is lost with it: whoever opens the jobs' folder goes on.
 */
export class JobRunner {
  readonly #service: Service;
  readonly #store: JobStore;
  readonly #turns: WorkQueue;
  readonly #active = new Map<string, ActiveJob>();
  #reserved = 0;

  constructor(service: Service, store: JobStore) {
    this.#service = service;
    this.#store = store;
    const { maxConcurrent } = service.options;
    this.#turns = new WorkQueue({ maxConcurrent, maxQueue: Infinity });
  }

  /** Goes on with what was accepted before and has not ended. */
  recover(): void {
    const open = this.#store.all.filter(({ record }) => record.state === 'accepted');
    open.sort((one, other) => (one.record.acceptedAt < other.record.acceptedAt ? -1 : 1));
    for (const stored of open) if (!this.#active.has(stored.record.id)) this.#begin(stored);
  }

  /** Throws the refusal with status 429 where as many jobs wait as may. */
  reserve(): Reservation {
    const { maxQueue, maxConcurrent } = this.#service.options;
    const taken = this.#reserved + this.#active.size;
    if (taken >= maxQueue + maxConcurrent) throw tooMany(taken, this.#turns.retryAfterS);
    this.#reserved += 1;
    let held = true;
    const release = (): void => {
      if (held) this.#reserved -= 1;
      held = false;
    };
    const take = (stored: StoredJob): ActiveJob => {
      release();
      this.#tell(stored, 'accepted');
      return this.#begin(stored);
    };
    return { take, [Symbol.dispose]: release };
  }

  get counts(): { readonly waiting: number; readonly running: number } {
    const running = [...this.#active.values()].filter(({ state }) => state === 'running').length;
    return { running, waiting: this.#active.size - running };
  }

  /** A job that waits or runs here. */
  active(id: string): ActiveJob | undefined {
    return this.#active.get(id);
  }

  /** Ends a job, unless it has ended; resolves once nobody in this process works on it. */
  async cancel(stored: StoredJob): Promise<StoredJob> {
    const { id } = stored.record;
    const now = (await this.#store.refresh(stored)) ?? stored;
    if (now.record.state !== 'accepted') return now;
    // On the disk first: a crash in between must not bring the job back.
    const endedAt = new Date().toISOString();
    const cancelled = await this.#store.save(now, { state: 'cancelled', endedAt });
    const active = this.#active.get(id);
    active?.stop.abort(new Error(`Job ${id} was cancelled`));
    await active?.ended;
    this.#tell(cancelled, 'cancelled');
    return cancelled;
  }

  /** Resolves when what ran has ended. Those that wait stay in their folders. */
  async close(): Promise<void> {
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  #begin(stored: StoredJob): ActiveJob {
    const { id } = stored.record;
    const stop = new AbortController();
    const active: ActiveJob = {
      stop,
      feed: new JobFeed(),
      state: 'queued',
      ended: Promise.resolve(),
    };
    this.#active.set(id, active);
    active.ended = this.#work(stored, active)
      .catch((error: unknown) => {
        const left = stop.signal.aborted || this.#service.closing.aborted;
        if (!left) this.#service.logger.error({ err: error, job_id: id }, 'job left as it is');
      })
      .finally(() => {
        this.#active.delete(id);
        active.feed.end();
      });
    return active;
  }

  async #work(stored: StoredJob, active: ActiveJob): Promise<void> {
    const signal = AbortSignal.any([active.stop.signal, this.#service.closing]);
    for (;;) {
      using turn = this.#turns.enter();
      await turn.begin(signal);
      using place = await this.#place(signal);
      await place.begin(signal);
      // Another server may have done it meanwhile.
      const now = await this.#store.refresh(stored);
      if (now === undefined || now.record.state !== 'accepted') return;
      if (await this.#perform(now, active)) return;
      turn[Symbol.dispose]();
      place[Symbol.dispose]();
      await wait(heldMs, undefined, { signal });
    }
  }

  async #place(signal: AbortSignal): Promise<Place> {
    const { queue } = this.#service;
    while (queue.full) await wait(fullMs, undefined, { signal });
    return queue.enter();
  }

  /** False where another server works on the job, or its end cannot be written: it has not ended. */
  async #perform(stored: StoredJob, active: ActiveJob): Promise<boolean> {
    const { running, stopped } = this.#service;
    const done = running.begin();
    const { id } = stored.record;
    active.state = 'running';
    active.feed.tell('job', { id, status: 'running' });
    this.#tell(stored, 'running');
    const look = setInterval(() => void this.#look(stored, active), lookMs).unref();
    try {
      await this.#run(stored, active, AbortSignal.any([active.stop.signal, stopped]));
      return await this.#end(stored, { state: 'completed' });
    } catch (error) {
      if (isHeld(error)) return false;
      // Told to stop, it stays accepted; cancelled, its record says so already.
      if (active.stop.signal.aborted || stopped.aborted) return true;
      return await this.#end(stored, { state: 'failed', error: jobErrorOf(error) }, error);
    } finally {
      active.state = 'queued';
      clearInterval(look);
      done();
    }
  }

  async #run({ job, record }: StoredJob, active: ActiveJob, signal: AbortSignal): Promise<void> {
    const { pipeline, news } = this.#service;
    const { id, correlationId } = record;
    const wish = jobRequestSchema.parse(record.request);
    // Not those of job.json: where models lie is this server's to say, which may be another one.
    const options = stageOptions(wish, this.#service);
    const onEvent = (event: PipelineEvent): void => {
      active.feed.add(withoutPlaces(event));
      news.emit('stage', { job: id, correlationId, event });
    };
    await pipeline.resume(job, { signal, options, correlationId, onEvent });
  }

  async #end(
    stored: StoredJob,
    change: { readonly state: 'completed' | 'failed' } & Pick<JobRecord, 'error'>,
    cause?: unknown,
  ): Promise<boolean> {
    const now = await this.#store.refresh(stored);
    // Cancelled in the last moment.
    if (now?.record.state !== 'accepted') return true;
    const endedAt = new Date().toISOString();
    try {
      const ended = await this.#store.save(now, { ...change, endedAt });
      this.#tell(ended, change.state, cause);
      return true;
    } catch (error) {
      const about = { err: error, job_id: now.record.id };
      this.#service.logger.error(about, 'the end of the job could not be written: it goes on');
      return false;
    }
  }

  async #look(stored: StoredJob, { stop }: ActiveJob): Promise<void> {
    const now = await this.#store.refresh(stored);
    if (now?.record.state === 'cancelled' && !stop.signal.aborted) {
      stop.abort(new Error(`Job ${stored.record.id} was cancelled`));
    }
  }

  #tell(
    { job, record }: StoredJob,
    state: 'accepted' | 'running' | 'completed' | 'failed' | 'cancelled',
    error?: unknown,
  ): void {
    const { workflow, input, traceparent } = job.request;
    const trace = traceparent === undefined ? {} : { traceparent };
    const why = error === undefined ? {} : { error };
    this.#service.news.emit('job', { state, id: record.id, workflow, input, ...trace, ...why });
  }
}

function isHeld(error: unknown): boolean {
  const refused = error instanceof CpwError && error.code === 'CPW_INVALID_OPTIONS';
  return refused && error.details?.['holder'] !== undefined;
}

function tooMany(taken: number, retryAfterS: number): Refusal {
  return new Refusal(
    'rate_limit_exceeded',
    `${taken} jobs wait or are worked on, which is all the server takes. ` +
      `Next step: try again in ${retryAfterS} s.`,
    { retryAfterS },
  );
}
