import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createJob, listJobs, removeJob } from '../../src/pipeline/job.js';

const program = fileURLToPath(new URL('../helpers/make-jobs.mjs', import.meta.url));

/** Processes that make jobs, all of them from the same moment on. */
async function jobsMade(jobsDir: string, counts: readonly number[]): Promise<readonly string[]> {
  const makers = counts.map((count) => {
    const child = spawn(process.execPath, [program, jobsDir, String(count)]);
    child.stderr.pipe(process.stderr);
    let text = '';
    const ready = once(child.stdout.setEncoding('utf8'), 'data');
    child.stdout.on('data', (more: string) => (text += more));
    const ids = once(child, 'close').then(() => text.trimEnd().split('\n').slice(1));
    return { child, ready, ids };
  });
  await Promise.all(makers.map(({ ready }) => ready));
  for (const { child } of makers) child.stdin.write('go\n');
  return (await Promise.all(makers.map(({ ids }) => ids))).flat();
}

// The forerunner counted the folders to find the next number: two runs at once took the same one.
void t.test('when processes make jobs at once, no number is given twice', async (t) => {
  const jobsDir = join(t.testdir(), 'jobs');
  const ids = await jobsMade(jobsDir, [10, 10, 10]);
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
