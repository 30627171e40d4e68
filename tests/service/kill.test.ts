import t from 'tap';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ended, submit, type SeenJob } from '../helpers/job-client.js';
import { modelsDir } from '../helpers/models.js';

const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

/** The server as it is installed, in a process of its own. */
async function serve(jobsDir: string): Promise<Running> {
  const flags = ['--port=0', '--model=tiny.en', '--offline', `--jobs-dir=${jobsDir}`];
  const args = [bin, 'serve', ...flags, `--models-dir=${modelsDir.modelsDir}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  for await (const chunk of child.stderr) {
    said += String(chunk);
    const url = /listening on (http:\S+)/u.exec(said)?.[1];
    if (url !== undefined) {
      child.stderr.resume();
      return { child, url };
    }
  }
  throw new Error(`the server has ended: ${said}`);
}

async function end({ child }: Running, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

t.test('when the server is killed at any moment, no job that it accepted is lost', async (t) => {
  const jobsDir = t.testdir();
  const accepted = new Set<string>();
  const rounds = 4;
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = await serve(jobsDir);
    // Sent at once, and killed after one to four answers: some are being taken then, some worked on.
    let answers = 0;
    const answered = new Promise<void>((resolve) => {
      const sent = [0, 1, 2, 3].map(async () => {
        const answer = await submit(server.url, { file: 'jfk.mp3' });
        const job = (await answer.json()) as SeenJob;
        if (answer.status !== 202) throw new Error(`${answer.status}`);
        accepted.add(job.id);
        answers += 1;
        if (answers > round) resolve();
      });
      for (const one of sent) {
        one.catch(() => {
          refused += 1;
        });
      }
    });
    await answered;
    await end(server, 'SIGKILL');
  }
  const last = await serve(jobsDir);
  const jobs = await Promise.all([...accepted].map((id) => ended(last.url, { id })));
  const states = jobs.map(({ status }) => status);
  const lost = states.filter((status) => status !== 'completed').length;
  t.comment(
    `${rounds} kills, ${accepted.size} jobs accepted, ${refused} not answered, ` +
      `accepted jobs lost: ${lost}`,
  );
  t.ok(accepted.size >= 4);
  t.strictSame([...new Set(states)], ['completed']);
  await end(last, 'SIGTERM');
});
