import t from 'tap';
import { ended, submit, type SeenJob } from '../helpers/job-client.js';
import { serveProcess, type ServerProcess } from '../helpers/server-process.js';

async function end(server: ServerProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  server.child.kill(signal);
  await server.end;
}

t.test('when the server is killed at any moment, no job that it accepted is lost', async (t) => {
  const folder = t.testdir();
  const serve = () => serveProcess(t, { args: ['--offline'], folder });
  const accepted = new Set<string>();
  const rounds = 4;
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = await serve();
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
  const last = await serve();
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
