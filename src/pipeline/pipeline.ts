import { join } from 'node:path';
import type { LoadContext } from '../engines/load-recognizer.js';
import { ModelPool, type PooledModel } from '../engines/model-pool.js';
import { TranslatorPool } from '../engines/translator-pool.js';
import {
  faultOptionsSchema,
  type FaultOptions,
  type ParsedFaultOptions,
} from '../options/faults.js';
import { parseOptions } from '../options/parse.js';
import type { Engines } from '../stages/engines.js';
import { allStages } from '../stages/all.js';
import type { AnyStage } from '../stages/stage.js';
import { defaultEngines } from './default-engines.js';
import { dryRunJob, type PlannedAction } from './dry-run.js';
import {
  createJob,
  listJobs,
  newestJob,
  openJob,
  removeJob,
  requestOf,
  type Job,
  type NewJob,
} from './job.js';
import { describeJob, type JobDescription } from './job-status.js';
import type { PipelineEvent, PipelineLogger } from './pipeline-events.js';
import type { Selection } from './plan.js';
import { runJob, type JobResult } from './run-job.js';

/** What a pipeline is made of. */
export interface PipelineOptions {
  /** Folder of the jobs. Default: `out`. */
  readonly jobsDir?: string;
  /** Stages of your own; one with the name of a built-in stage takes its place. */
  readonly stages?: readonly AnyStage[];
  /** Where the built-in stages get engines from. Default: this package's, one pool for all jobs. */
  readonly engines?: Partial<Engines>;
  /** Where recognition models are loaded, shared with whoever made it, who closes it. Default: an own one. */
  readonly models?: ModelPool;
  /** How missing models are fetched. */
  readonly load?: Omit<LoadContext, 'signal'>;
  /** What is done about stages that fail, take too long or hang. */
  readonly faults?: FaultOptions;
  readonly logger?: PipelineLogger | undefined;
}

/** How one run of a job goes. */
export interface RunContext extends Selection {
  /** Aborting rejects with `signal.reason`; what is finished stays, and the rest can be resumed. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PipelineEvent) => void;
  /** In the place of the job's own, by stage; what they change runs again. */
  readonly options?: NewJob['options'];
  /** Names the run in logs. */
  readonly correlationId?: string;
}

/**
 * Runs media through stages, as jobs that are recorded on the disk and can be resumed. Jobs of one
 * pipeline share the models that it has loaded.
 *
 * @example
 * ```ts
 * await using pipeline = new Pipeline({ jobsDir: 'out' });
 * const { files } = await pipeline.run({
 *   workflow: 'transcribe',
 *   input: 'talk.mp4',
 *   options: { asr: { model: 'base' } },
 * });
 * for (const { path } of files('transcripts')) console.log(path);
 * ```
 */
export class Pipeline {
  readonly jobsDir: string;
  readonly #stages: readonly AnyStage[];
  readonly #engines: Engines;
  /** Absent where the models are somebody else's. */
  readonly #ownPool: ModelPool | undefined;
  readonly #translators = new TranslatorPool();
  readonly #logger: PipelineLogger | undefined;
  readonly #faults: ParsedFaultOptions;
  #abandoned = 0;

  constructor(options: PipelineOptions = {}) {
    const { jobsDir = 'out', stages: own = [], engines = {}, load, logger, faults } = options;
    this.jobsDir = jobsDir;
    const replaced = new Set(own.map(({ id }) => id));
    this.#stages = [...allStages.filter(({ id }) => !replaced.has(id)), ...own];
    const pool = options.models ?? new ModelPool();
    if (options.models === undefined) this.#ownPool = pool;
    this.#engines = {
      ...defaultEngines({ pool, translators: this.#translators, load }),
      ...engines,
    };
    this.#logger = logger;
    this.#faults = parseOptions(faultOptionsSchema, faults, { subject: 'pipeline' });
  }

  /** Stages that did not stop when they were told to: something of them may run until the process ends. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Makes a job and runs it. Throws what its stages fail with; the job stays and can be resumed. */
  async run(job: NewJob, context: RunContext = {}): Promise<JobResult> {
    return this.resume(await this.create(job, context), context);
  }

  /** Makes a job without running it: a numbered folder with job.json. */
  create(job: NewJob, { signal }: Pick<RunContext, 'signal'> = {}): Promise<Job> {
    return createJob(this.jobsDir, signal === undefined ? job : { ...job, signal });
  }

  /** Runs what is not finished of a job, given as it is or by its id or folder. */
  async resume(job: Job | string, context: RunContext = {}): Promise<JobResult> {
    const found = typeof job === 'string' ? await this.open(job) : job;
    return runJob(found, {
      ...context,
      stages: this.#stages,
      engines: this.#engines,
      logger: this.#logger,
      faults: this.#faults,
      onAbandoned: () => {
        this.#abandoned += 1;
      },
    });
  }

  /**
   * Says what a run would do with each stage of a job, or of one that is not made yet. Nothing is
   * computed, fetched or written.
   */
  async plan(job: Job | NewJob, context: RunContext = {}): Promise<readonly PlannedAction[]> {
    const options = { ...context, stages: this.#stages, engines: this.#engines };
    if ('folder' in job) return dryRunJob(job, options);
    const request = requestOf(job, { id: 'new', user: '', createdAt: job.now ?? new Date() });
    return dryRunJob({ folder: join(this.jobsDir, '.none'), request }, options);
  }

  /** A job by its id or folder. Throws CPW_FILE_NOT_FOUND. */
  open(name: string): Promise<Job> {
    return openJob(this.jobsDir, name);
  }

  /** All jobs, the oldest first. */
  list(): Promise<readonly Job[]> {
    return listJobs(this.jobsDir);
  }

  /** What the manifest says of a job and its stages, in their order. Nothing is touched. */
  describe(job: Job): Promise<JobDescription> {
    return describeJob(job);
  }

  /** The newest job of a workflow and an input. */
  newest(job: Pick<NewJob, 'workflow' | 'input'>): Promise<Job | undefined> {
    return newestJob(this.jobsDir, job);
  }

  /** Removes a job with all its files. Throws CPW_INVALID_OPTIONS while it runs. */
  remove(job: Job): Promise<void> {
    return removeJob(job);
  }

  /** The recognition models that its jobs have loaded; none where it was given a pool, which has them. */
  get models(): readonly PooledModel[] {
    return this.#ownPool?.models ?? [];
  }

  /** Waits for running calls and unloads the models; not for stages that do not stop. */
  async close(): Promise<void> {
    const closed = Promise.all([this.#ownPool?.close(), this.#translators.close()]);
    if (this.#abandoned === 0) await closed;
    else closed.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
