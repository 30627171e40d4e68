import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { CpwError } from '../errors.js';
import { sanitizeFilename, stemOf } from '../export/file-name.js';
import { systemErrorCode } from '../files/system-error.js';
import { fileError } from '../models/convert/file-error.js';
import { withLock, type Hold, type LockOptions } from '../models/store-lock.js';
import { workflows, type Workflow } from '../stages/stage-table.js';
import { writeAtomically } from './atomic-file.js';
import { readJsonFile } from './json-file.js';
import { takeOver } from './take-over.js';

const traceparent = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u);

const requestSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1),
  createdAt: z.iso.datetime(),
  user: z.string(),
  workflow: z.enum(workflows),
  input: z.string().min(1).describe("Path of the media file; in the job's folder unless absolute"),
  stem: z.string().min(1),
  options: z.record(z.string(), z.record(z.string(), z.unknown())).describe('By stage'),
  traceparent: z.exactOptional(traceparent).describe('W3C trace context of who asked for it'),
});

/** job.json: what was asked for. */
export type JobRequest = z.output<typeof requestSchema>;

/** A job's folder and what was asked for. */
export interface Job {
  readonly folder: string;
  readonly request: JobRequest;
}

/** What a new job is made of. */
export interface NewJob {
  readonly workflow: Workflow;
  /** The media file's path. */
  readonly input: string;
  /**
   * Moves the media file into the job's folder, under this name: the job then needs nothing outside
   * it, and outlasts a crash from the moment on in which it has been made.
   */
  readonly adoptAs?: string;
  /** By stage; no secret may be among them, since job.json is read by others. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Default: the user of this process. */
  readonly user?: string;
  /** Default: now. Only its date matters. */
  readonly now?: Date;
  /** W3C trace context of who asks for it, so that every run of the job belongs to that trace. */
  readonly traceparent?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const requestFile = 'job.json';
const mediaFolder = 'media';

/**
 * Makes `<jobsDir>/YYYY/MM/DD/<user>/<n>/` with job.json. Numbers are given under a lock that holds
 * between hosts, count up and are never given again, also when jobs are removed.
 */
export async function createJob(jobsDir: string, job: NewJob): Promise<Job> {
  const { now = new Date(), signal } = job;
  const user = sanitizeFilename(job.user ?? userName());
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].map(String);
  const parent = join(resolve(jobsDir), ...day, user);
  return withLock(join(parent, '.numbers.lock'), { signal }, async () => {
    const number = await nextNumber(parent);
    const folder = join(parent, String(number));
    // Not recursive: what exists is another job's.
    await mkdir(folder).catch((error: unknown) => {
      throw fileError('write', folder, error);
    });
    const id = [...day, user, number].join('/');
    const input = await adopted(job, folder);
    const request = requestOf({ ...job, input }, { id, user, createdAt: now });
    await writeRequest({ folder, request });
    return { folder, request };
  });
}

/** The media file's place once the job has what it owns. */
async function adopted({ input, adoptAs }: NewJob, folder: string): Promise<string> {
  if (adoptAs === undefined) return input;
  const own = join(folder, mediaFolder, sanitizeFilename(adoptAs));
  await takeOver(input, own);
  return own;
}

/** A path in the job's folder is kept relative: the folder may be seen elsewhere by another host. */
async function writeRequest({ folder, request }: Job): Promise<void> {
  const own = relative(folder, request.input);
  const inside = own.split(sep)[0] === mediaFolder;
  const kept = inside ? { ...request, input: own } : request;
  await writeAtomically(join(folder, requestFile), `${JSON.stringify(kept, null, 2)}\n`);
}

function placed(folder: string, request: JobRequest): JobRequest {
  return { ...request, input: resolve(folder, request.input) };
}

/** What job.json says of a new job. */
export function requestOf(
  { workflow, input, options, traceparent: trace }: NewJob,
  { id, user, createdAt }: { readonly id: string; readonly user: string; readonly createdAt: Date },
): JobRequest {
  return {
    version: 1,
    id,
    createdAt: createdAt.toISOString(),
    user,
    workflow,
    input: resolve(input),
    stem: stemOf(input),
    options: optionsOf(options),
    ...(trace === undefined ? {} : { traceparent: trace }),
  };
}

function optionsOf(options: NewJob['options'] = {}): JobRequest['options'] {
  return structuredClone(options);
}

/** Replaces the options of a job, for a run that goes on with others. Nobody else may be running it. */
export async function changeOptions(job: Job, options: NewJob['options']): Promise<Job> {
  const changed = { ...job, request: { ...job.request, options: optionsOf(options) } };
  await writeRequest(changed);
  return changed;
}

/** The newest job of a workflow and an input; undefined where there is none. */
export async function newestJob(
  jobsDir: string,
  { workflow, input }: Pick<NewJob, 'workflow' | 'input'>,
): Promise<Job | undefined> {
  const jobs = await listJobs(jobsDir);
  return jobs
    .filter(({ request }) => request.workflow === workflow && request.input === resolve(input))
    .sort((a, b) => (a.request.createdAt < b.request.createdAt ? -1 : 1))
    .at(-1);
}

/** Reads a job by its id, its number where only one job has it, or its folder. Throws CPW_FILE_NOT_FOUND, CPW_INVALID_OPTIONS. */
export async function openJob(jobsDir: string, name: string): Promise<Job> {
  const numbered = /^\d+$/u.test(name) ? await jobsNumbered(jobsDir, name) : undefined;
  if (numbered !== undefined) return numbered;
  const byId = join(resolve(jobsDir), ...name.split('/'));
  const inside = !relative(resolve(jobsDir), byId).startsWith('..');
  const folders = inside ? [byId, resolve(name)] : [resolve(name)];
  for (const folder of folders) {
    const found = await readJsonFile(join(folder, requestFile), requestSchema);
    if (found.kind === 'read') return { folder, request: placed(folder, found.value) };
    if (found.kind === 'set aside') throw damaged(folder, found);
  }
  throw new CpwError(
    'CPW_FILE_NOT_FOUND',
    `There is no job ${JSON.stringify(name)} in ${JSON.stringify(jobsDir)}. ` +
      'Next step: cpw-native jobs list shows the jobs; --jobs-dir names another folder.',
    { details: { job: name, jobsDir } },
  );
}

/** Numbers begin anew each day: one alone is enough where it is clear. */
async function jobsNumbered(jobsDir: string, number: string): Promise<Job | undefined> {
  const all = await listJobs(jobsDir);
  const found = all.filter(({ request }) => request.id.endsWith(`/${number}`));
  if (found.length < 2) return found[0];
  const ids = found.map(({ request }) => request.id);
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `Several jobs have the number ${number}. Next step: name one of ${ids.join(', ')}.`,
    { details: { jobs: ids } },
  );
}

function damaged(
  folder: string,
  { problem, aside }: { readonly problem: string; readonly aside: string },
): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `job.json of ${JSON.stringify(folder)} could not be used (${problem}) and is now ` +
      `${JSON.stringify(aside)}. Next step: mend it and rename it back, or begin a new job.`,
    { details: { folder, aside } },
  );
}

/** All jobs, the oldest first. What is no job is left out. */
export async function listJobs(jobsDir: string): Promise<readonly Job[]> {
  const root = resolve(jobsDir);
  const jobs: Job[] = [];
  for (const folder of await jobFolders(root)) {
    const found = await readRequest(folder);
    if (found !== undefined) jobs.push({ folder, request: found });
  }
  return jobs;
}

/** Lists without touching: a job.json that is damaged stays for whoever opens the job. */
async function readRequest(folder: string): Promise<JobRequest | undefined> {
  try {
    const text = await readFile(join(folder, requestFile), 'utf8');
    const found = requestSchema.safeParse(JSON.parse(text)).data;
    return found && placed(folder, found);
  } catch {
    return undefined;
  }
}

async function jobFolders(root: string): Promise<readonly string[]> {
  const levels = [/^\d{4}$/u, /^\d{2}$/u, /^\d{2}$/u, /^[^.]/u, /^\d+$/u];
  let folders = [root];
  for (const level of levels) {
    const below = await Promise.all(folders.map((folder) => namesIn(folder, level)));
    folders = below.flat();
  }
  return folders;
}

async function namesIn(folder: string, level: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const fitting = names.filter((name) => level.test(name));
  const order = new Intl.Collator('en', { numeric: true });
  return fitting.sort(order.compare).map((name) => join(folder, name));
}

/** Removes a job's folder with all that is in it, unless somebody works on it. */
export async function removeJob(job: Job, options: LockOptions = {}): Promise<void> {
  await holdJob(job, options, () => rm(job.folder, { recursive: true, force: true }));
}

/**
 * Runs `work` while nobody else works on the job. Throws CPW_INVALID_OPTIONS where somebody does,
 * on this host or another that shares the folder.
 */
export function holdJob<T>(
  { folder, request }: Job,
  options: LockOptions,
  work: (hold: Hold) => Promise<T>,
): Promise<T> {
  const refuse = (holder: string): CpwError =>
    new CpwError(
      'CPW_INVALID_OPTIONS',
      `Job ${request.id} is being run by ${holder}. Next step: wait for it, or stop it first.`,
      { details: { job: request.id, holder } },
    );
  return withLock(`${folder}.lock`, { refuse, ...options }, work);
}

async function nextNumber(parent: string): Promise<number> {
  const counter = join(parent, '.last-number');
  const last = Number(await readFile(counter, 'utf8').catch(absent));
  const taken = (await readdir(parent).catch(() => [])).filter((name) => /^\d+$/u.test(name));
  const next = Math.max(Number.isSafeInteger(last) ? last : 0, ...taken.map(Number)) + 1;
  await writeAtomically(counter, String(next));
  return next;
}

function absent(error: unknown): string {
  if (systemErrorCode(error) === 'ENOENT') return '0';
  throw error;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run under numbers that have no name.
    return `uid-${process.getuid?.() ?? 0}`;
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
