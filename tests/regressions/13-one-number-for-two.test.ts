import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createJob, listJobs, removeJob } from '../../src/pipeline/job.js';

const program = fileURLToPath(new URL('../helpers/make-jobs.mjs', import.meta.url));

async function jobsMade(jobsDir: string, count: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [program, jobsDir, String(count)]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stderr.pipe(process.stderr);
  await once(child, 'close');
  return text.trimEnd().split('\n');
}

void t.test('when processes make jobs at once, no number is given twice', async (t) => {
  const jobsDir = join(t.testdir(), 'jobs');
  const made = await Promise.all([1, 2, 3].map(() => jobsMade(jobsDir, 10)));
  const ids = made.flat();
  t.equal(new Set(ids).size, 30);
  const numbers = ids.map((id) => Number(id.split('/').at(-1))).sort((a, b) => a - b);
  t.strictSame(
    numbers,
    Array.from({ length: 30 }, (_, index) => index + 1),
    'and none is left out',
  );
  t.equal((await listJobs(jobsDir)).length, 30);
});

void t.test('when a job is removed, its number stays taken', async (t) => {
  const jobsDir = join(t.testdir(), 'jobs');
  const first = await createJob(jobsDir, { workflow: 'transcribe', input: 'a.wav' });
  await removeJob(first);
  const second = await createJob(jobsDir, { workflow: 'transcribe', input: 'a.wav' });
  t.match(second.request.id, /\/2$/u);
});
