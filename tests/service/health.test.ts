import t from 'tap';
import { runCli } from '../cli/run-cli.js';
import { localServer } from '../helpers/local-server.js';
import { startTestServer } from '../helpers/server.js';

async function json(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const enough = { minDiskGb: 0, minMemoryGb: 0 };

t.test('when all is well, the server is ready and needs no key to say so', async (t) => {
  const { url } = await startTestServer(t, { apiKeys: ['a-key-of-the-test'], options: enough });
  t.strictSame(await json(`${url}/health/live`), { status: 200, body: { alive: true } });
  const ready = await json(`${url}/health/ready`);
  t.match(ready, {
    status: 200,
    body: { status: 'ready', version: '0.1.0', timestamp: /^\d{4}-\d\d-\d\dT.*Z$/ },
  });
  t.strictSame(ready.body['checks'], {
    models_loaded: true,
    disk_space: true,
    memory_available: true,
    queue: true,
    accepting: true,
  });
  const health = await json(`${url}/health`);
  t.match(health.body, { status: 'healthy', details: { model: 'tiny.en', disk_needed_gb: 0 } });
  const said = await runCli(['health', '--url', url]);
  t.match(said, { status: 0, stdout: `${url} is ready\n`, stderr: '' });
});

t.test('when disk, memory or queue are short, it says which', async (t) => {
  const options = { minDiskGb: 1e9, minMemoryGb: 1e9 };
  const { url, service } = await startTestServer(t, { options });
  service.queues.set('jobs', () => ({ waiting: 4, running: 1, limit: 4 }));
  const checks = { models_loaded: true, disk_space: false, memory_available: false, queue: false };
  const ready = await json(`${url}/health/ready`);
  t.match(ready, { status: 503, body: { status: 'not_ready', checks } });
  t.match(await json(`${url}/health`), { status: 503, body: { status: 'unhealthy', checks } });
  t.match(await json(`${url}/health/live`), { status: 200 });
  const said = await runCli(['health', '--url', `${url}/`]);
  t.equal(said.status, 1);
  t.match(said.stdout, /is not ready\n/u);
  t.match(said.stdout, /disk_space: [\d.]+ GB are free, 1000000000 GB are wanted/u);
  t.match(said.stdout, /queue: a queue is full/u);
  const told = await runCli(['health', '--url', url, '--json']);
  t.equal(told.status, 1);
  t.match(JSON.parse(told.stdout), { status: 'unhealthy', checks: { disk_space: false } });
});

t.test('when the model is gone or is not on its GPU, the server is not ready', async (t) => {
  const { url, service } = await startTestServer(t, { options: enough });
  Object.assign(service.served.options, { device: 'cuda' });
  t.match(await json(`${url}/health/ready`), {
    status: 503,
    body: { checks: { models_loaded: true, gpu_available: false } },
  });
  Object.assign(service.served.options, { device: 'auto' });
  service.recognizer.close();
  Object.assign(service.recognizer.info, { path: '/elsewhere' });
  t.match(await json(`${url}/health/ready`), {
    status: 503,
    body: { checks: { models_loaded: false } },
  });
});

t.test('when the server drains, it is alive and not ready', async (t) => {
  const { url, service, stop, ended } = await startTestServer(t, { options: enough });
  const end = service.running.begin();
  stop();
  t.match(await json(`${url}/health/ready`), {
    status: 503,
    body: { status: 'not_ready', checks: { accepting: false } },
  });
  t.match(await json(`${url}/health/live`), { status: 200 });
  end();
  await ended;
});

t.test('when nothing or something else answers, health fails with the next step', async (t) => {
  const other = await localServer(t, (_request, response) => response.end('hello'));
  const strange = await runCli(['health', '--url', other.url]);
  t.match(strange, { status: 1, stdout: '', stderr: /no server of cpw-native.*Next step: start/s });
  const mute = await localServer(t, () => undefined);
  const late = await runCli(['health', '--url', mute.url, '--timeout-s', '0.2']);
  t.match(late, { status: 1, stderr: /has not answered within 0.2 s/ });
  await other.close();
  const gone = await runCli(['health', '--url', other.url, '--json']);
  t.match(gone, { status: 1, stderr: /"message":"The server cannot be reached/ });
  const wrong = await runCli(['health', '--url', 'somewhere']);
  t.match(wrong, { status: 2, stderr: /--url: "somewhere" is no http address/ });
});
