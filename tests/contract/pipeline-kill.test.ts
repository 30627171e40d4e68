import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { createJob, type Job } from '../../src/pipeline/job.js';
import { readItems } from '../../src/pipeline/finished-items.js';
import { Manifest, type ManifestContent } from '../../src/pipeline/manifest.js';
import { segments } from '../../src/stages/artefacts.js';
import { ffmpeg } from '../helpers/media.js';

const program = fileURLToPath(new URL('./run-job.mjs', import.meta.url));
const folder = t.testdir();
const jobsDir = join(folder, 'jobs');
const media = join(folder, "it's “long” & odd.m4a");
await ffmpeg('-f', 'lavfi', '-i', 'sine=frequency=220:duration=60', '-c:a', 'aac', media);

const options = { asr: { transcribe: { wordTimestamps: true } } };
const newJob = (): Promise<Job> =>
  createJob(jobsDir, { workflow: 'transcribe', input: media, options });

interface Ran {
  readonly killed: boolean;
  readonly events: readonly Record<string, unknown>[];
}

/** Runs the job in a process of its own, which is killed after so many milliseconds. */
async function run(job: Job, killAfterMs?: number, windowMs = 15): Promise<Ran> {
  const args = [program, jobsDir, job.request.id, String(windowMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const ended = once(child, 'close');
  const stop = new AbortController();
  if (killAfterMs !== undefined) {
    const timer = sleep(killAfterMs, undefined, { signal: stop.signal });
    void timer.then(() => child.kill('SIGKILL')).catch(() => undefined);
  }
  const [status, signal] = (await ended) as [number | null, string | null];
  stop.abort();
  const lines = text.split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  if (signal === null && status !== 0) throw new Error(`the run failed: ${lines.at(-1)}`);
  return { killed: signal === 'SIGKILL', events };
}

const hashOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

async function manifestOf(job: Job): Promise<ManifestContent> {
  const manifest = await Manifest.open(job.folder, job.request.id, {
    warn: (message) => {
      throw new Error(message);
    },
  });
  return manifest.content;
}

/** Every file under its own name, which is to say every file that was published. */
function published(job: Job): readonly string[] {
  const names = readdirSync(job.folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('/') && !/(^|\/)\./u.test(name));
}

/** Reads all that has its final name. */
async function checkWhole(job: Job): Promise<void> {
  for (const name of published(job)) {
    const path = join(job.folder, name);
    if (name.endsWith('segments.json')) await readItems(segments, path);
    else if (name.endsWith('.json')) JSON.parse(readFileSync(path, 'utf8'));
    else if (name.endsWith('.wav')) {
      const bytes = readFileSync(path);
      if (bytes.readUInt32LE(40) !== bytes.length - 44) throw new Error('half a WAV file');
    }
  }
}

/** What is finished, with when. */
function finished({ stages }: ManifestContent): Record<string, string | undefined> {
  const done = Object.entries(stages).filter(([, { status }]) => status === 'completed');
  return Object.fromEntries(done.map(([id, { endedAt }]) => [id, endedAt]));
}

/** Numbers in 0..1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

void t.test('when a run is killed at 50 moments, nothing finished is lost or redone', async (t) => {
  const reference = await newJob();
  const began = performance.now();
  await run(reference);
  const wholeMs = performance.now() - began;
  const wanted = (await manifestOf(reference)).stages;
  const seed = Number(process.env['CPW_TEST_SEED'] ?? Date.now() % 1e6);
  t.comment(`CPW_TEST_SEED=${seed}; a run takes ${wholeMs.toFixed(0)} ms`);
  const next = random(seed);
  let job = await newJob();
  let before: Record<string, string | undefined> = {};
  let kills = 0;
  let goneOn = 0;
  while (kills < 50) {
    const { killed, events } = await run(job, next() * wholeMs);
    if (killed) kills += 1;
    await checkWhole(job);
    const content = await manifestOf(job);
    const now = finished(content);
    for (const [stage, endedAt] of Object.entries(before)) {
      if (now[stage] !== endedAt) t.fail(`${stage} was finished at ${endedAt} and done again`);
    }
    before = now;
    const wentOn = (event: Record<string, unknown>): boolean =>
      event['stage'] === 'asr' && String(event['message']).startsWith('goes on at');
    if (events.some(wentOn)) goneOn += 1;
    if (killed) continue;
    compare(t, job, { content, wanted });
    job = await newJob();
    before = {};
  }
  await run(job);
  compare(t, job, { content: await manifestOf(job), wanted });
  t.ok(goneOn > 0, `asr went on in the middle ${goneOn} times`);
});

/** The job came to the same end as the one that nobody interrupted, and nothing lies about. */
function compare(
  t: Test,
  job: Job,
  { content, wanted }: { content: ManifestContent; wanted: ManifestContent['stages'] },
): void {
  for (const [stage, { status, outputs }] of Object.entries(wanted)) {
    const found = content.stages[stage];
    t.equal(found?.status, status, `${stage} ended`);
    t.strictSame(found?.outputs, outputs, `${stage} came out the same`);
    for (const { path, sha256 } of outputs) t.equal(hashOf(join(job.folder, path)), sha256);
  }
  const left = readdirSync(job.folder, { recursive: true, encoding: 'utf8' });
  t.strictSame(
    left.filter((name) => /\.(tmp|part)(\.|$)/u.test(name)),
    [],
    'no half file is left',
  );
}

void t.test('when two processes run one job at once, one of them does', async (t) => {
  const job = await newJob();
  // Longer than it takes to see a sign of life of the other one.
  const windowMs = 80;
  const attempt = (): Promise<Ran | Error> =>
    run(job, undefined, windowMs).catch((error: Error) => error);
  const both = await Promise.all([attempt(), attempt()]);
  const refused = both.filter((one) => one instanceof Error);
  t.equal(refused.length, 1);
  t.match(refused[0]?.message, /is being run by .*, process \d+/u);
  await checkWhole(job);
  t.equal(Object.keys(finished(await manifestOf(job))).length, 6);
});
