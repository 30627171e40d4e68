import t from 'tap';
import { accepted, ended } from '../helpers/job-client.js';
import { dsnOf, keepingServer } from '../helpers/keeping-server.js';
import { until } from '../helpers/requests.js';
import { serveProcess } from '../helpers/server-process.js';

t.test('when a job of a server fails, who is named hears of it, and so does Sentry', async (t) => {
  const hook = await keepingServer(t);
  const sentry = await keepingServer(t);
  const { url, said } = await serveProcess(t, {
    args: ['--notifications-enabled', '--notify-webhook', `${hook.url}/hook`],
    env: { CPW_SENTRY_DSN: dsnOf(sentry.url) },
  });
  const job = await accepted(url, { file: 'refs.json', name: 'no-sound.wav' });
  t.match(await ended(url, job), { status: 'failed', error: { code: 'CPW_UNSUPPORTED_MEDIA' } });
  await until(() => hook.bodies.length > 0 && sentry.bodies.length > 0);
  t.match(JSON.parse(hook.bodies[0] ?? ''), {
    job: job.id,
    stage: 'demux',
    code: 'CPW_UNSUPPORTED_MEDIA',
    nextStep: `GET /v1/jobs/${job.id} of the server tells of it`,
  });
  const report = sentry.bodies.join('\n');
  t.match(report, '"code":"CPW_UNSUPPORTED_MEDIA"');
  t.match(report, `"job":"${job.id}"`);
  t.notMatch(report, 'no-sound', 'and nothing of what was sent');

  const well = await accepted(url, { file: 'jfk.wav' });
  t.match(await ended(url, well), { status: 'completed' });
  t.equal(hook.bodies.length, 1, 'nobody hears of a job that is well');
  t.match(said(), 'the failure was told');
});

t.test('when a server may not use the network, it says that nobody is told', async (t) => {
  const hook = await keepingServer(t);
  const { url, said } = await serveProcess(t, {
    args: ['--offline', '--notifications-enabled', '--notify-webhook', hook.url],
  });
  const job = await accepted(url, { file: 'refs.json', name: 'no-sound.wav' });
  t.match(await ended(url, job), { status: 'failed' });
  t.match(said(), '--offline: nobody is told of jobs that fail');
  t.strictSame(hook.bodies, []);
});
