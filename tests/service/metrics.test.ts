import t from 'tap';
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { CpwError, networkBreaker, retryTransient } from 'cpw-native';
import { retryOptionsSchema } from 'cpw-native/options';
import { countNetwork } from '../../src/service/metrics/count-network.js';
import { countNews } from '../../src/service/metrics/count-news.js';
import { createPipelineMetrics } from '../../src/service/metrics/pipeline-metrics.js';
import type { ServiceNews } from '../../src/service/service.js';
import { runCli } from '../cli/run-cli.js';
import { audioPath } from '../helpers/audio.js';
import { localServer } from '../helpers/local-server.js';
import { modelsDir } from '../helpers/models.js';
import { startTestServer } from '../helpers/server.js';

const correlationId = 'one';
const resources = { wallS: 40, waitedS: 8, cpuS: 40, peakRssMb: 100 };

function counted(): { news: EventEmitter<ServiceNews>; text: () => Promise<string> } {
  const registry = new Registry();
  const news = new EventEmitter<ServiceNews>();
  const metrics = createPipelineMetrics(registry);
  countNews(news, metrics);
  t.teardown(countNetwork(metrics));
  return { news, text: () => registry.metrics() };
}

t.test('when stages end, they are counted by how, and timed without their waits', async (t) => {
  const { news, text } = counted();
  const job = { id: 'a', workflow: 'transcribe' };
  const tell = (event: ServiceNews['stage'][0]['event']): void =>
    void news.emit('stage', { job: 'a', correlationId, event });
  news.emit('job', { ...job, state: 'running' });
  tell({ type: 'stage', stage: 'asr', state: 'waiting' });
  t.match(await text(), 'pipeline_stages_completed_total{stage="asr",status="failed"} 0\n');
  t.match(await text(), /^pipeline_active_jobs 1$/mu);
  tell({ type: 'progress', stage: 'asr', items: 1, queued: 0, audioS: 320 });
  tell({ type: 'stage', stage: 'asr', state: 'completed', resources });
  tell({ type: 'stage', stage: 'tmdb', state: 'skipped' });
  tell({ type: 'stage', stage: 'mux', state: 'failed' });
  tell({ type: 'stage', stage: 'export', state: 'interrupted' });
  news.emit('job', { ...job, state: 'completed' });
  const after = await text();
  for (const line of [
    'pipeline_stages_completed_total{stage="asr",status="success"} 1',
    'pipeline_stages_completed_total{stage="tmdb",status="skipped"} 1',
    'pipeline_stages_completed_total{stage="mux",status="failed"} 1',
    'pipeline_stage_duration_seconds_sum{stage="asr"} 32',
    'pipeline_stage_duration_seconds_bucket{le="30",stage="asr"} 0',
    'pipeline_stage_duration_seconds_bucket{le="60",stage="asr"} 1',
    'pipeline_real_time_factor_sum 0.1',
    'pipeline_active_jobs 0',
    'pipeline_processing_latency_seconds_count 1',
    'pipeline_jobs_total{workflow="transcribe",status="completed"} 1',
  ]) {
    t.match(after, `${line}\n`);
  }
  t.notMatch(after, 'stage="export",status="success"');
  const buckets = [...after.matchAll(/stage_duration_seconds_bucket\{le="([^"]+)"/gu)];
  t.strictSame(
    buckets.map(([, le]) => le),
    ['1', '5', '10', '30', '60', '120', '300', '600', '+Inf'],
  );
});

t.test('when requests are transcribed, tried again or cut off, that is counted', async (t) => {
  const { news, text } = counted();
  const one = { id: 'r1', model: 'tiny.en' };
  news.emit('transcription', { ...one, state: 'begun' });
  t.match(await text(), /^pipeline_active_jobs 1$/mu);
  news.emit('transcription', { ...one, state: 'completed', durationS: 10, elapsedS: 4 });
  const hub = networkBreaker('hub');
  t.match(await text(), 'pipeline_circuit_breaker_state{breaker="hub"} 0\n');
  const down = new CpwError('CPW_DOWNLOAD_FAILED', 'The hub is down.');
  const failing = (): Promise<never> => hub.run(() => Promise.reject(down));
  const times = retryOptionsSchema.parse({ maxRetries: 2 });
  const tries = { name: 'hub', wait: async (): Promise<void> => undefined };
  await t.rejects(retryTransient(failing, times, tries));
  await t.rejects(retryTransient(failing, times, tries));
  const after = await text();
  t.match(after, 'pipeline_transcriptions_total{status="completed"} 1\n');
  t.match(after, 'pipeline_real_time_factor_sum 0.4\n');
  t.match(after, 'pipeline_retries_total{operation="hub"} 4\n');
  t.match(after, 'pipeline_circuit_breaker_state{breaker="hub"} 2\n');
});

t.test(
  'when a server is asked for its metrics, it tells of requests by their routes',
  async (t) => {
    const { url: open, service } = await startTestServer(t);
    service.queues.set('jobs', () => ({ waiting: 3, running: 1, limit: 7 }));
    await fetch(`${open}/health/live`);
    await fetch(`${open}/no/such/path?of=${'x'.repeat(20)}`);
    const answer = await fetch(`${open}/metrics`);
    t.match(answer.headers.get('content-type'), 'text/plain');
    const text = await answer.text();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'pipeline_active_jobs 0',
      'pipeline_http_requests_total{method="GET",route="/health/live",status="200"} 1',
      'pipeline_http_requests_total{method="GET",route="none",status="404"} 1',
      'pipeline_queue_depth{queue="transcriptions"} 0',
      'pipeline_queue_depth{queue="jobs"} 3',
      'pipeline_queue_limit{queue="jobs"} 7',
      'pipeline_model_memory_bytes{model="tiny.en/ctranslate2-int8",engine="ctranslate2",device="cpu"}',
    ]) {
      t.match(text, name);
    }
    t.notMatch(text, 'no/such');
  },
);

t.test('when keys are configured, metrics need one unless they are public', async (t) => {
  const apiKeys = ['a-key-of-the-test'];
  const { url } = await startTestServer(t, { apiKeys });
  t.equal((await fetch(`${url}/metrics`)).status, 401);
  const headers = { authorization: `Bearer ${apiKeys[0] ?? ''}` };
  t.equal((await fetch(`${url}/metrics`, { headers })).status, 200);
  const open = await startTestServer(t, { apiKeys, options: { metricsPublic: true } });
  t.equal((await fetch(`${open.url}/metrics`)).status, 200);
});

t.test('when a batch run ends, its metrics are in the file and at the gateway', async (t) => {
  const cwd = t.testdir();
  const got: { method: string | undefined; url: string | undefined; body: string }[] = [];
  const gateway = await localServer(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      got.push({ method: request.method, url: request.url, body });
      response.end();
    });
  });
  const args = ['subtitle', audioPath('jfk.wav'), '--source', 'en', '--model', 'tiny.en'];
  const where = ['--models-dir', modelsDir.modelsDir, '--offline', '--to', 'export'];
  const wanted = ['--metrics-textfile', 'cpw.prom', '--metrics-push', gateway.url];
  const { status, stderr } = await runCli([...args, ...where, ...wanted], { cwd });
  t.equal(status, 0, stderr);
  const text = readFileSync(join(cwd, 'cpw.prom'), 'utf8');
  t.match(text, 'pipeline_stages_completed_total{stage="asr",status="success"} 1\n');
  t.match(text, /^pipeline_run_end_timestamp_seconds \d{10}/mu);
  t.notMatch(text, 'process_', 'node_exporter has those of itself');
  t.strictSame(
    readdirSync(cwd).filter((name) => name.includes('.tmp')),
    [],
  );
  t.match(got, [{ method: 'PUT', url: '/metrics/job/cpw_native' }]);
  t.match(got[0]?.body, 'process_resident_memory_bytes');
  t.match(got[0]?.body, 'pipeline_active_jobs 0');

  await gateway.close();
  const lost = ['--metrics-textfile', 'none/cpw.prom', '--overwrite', '--output-dir', 'again'];
  const second = await runCli([...args, ...where, ...lost], { cwd });
  t.match(second, { status: 0, stderr: /warning: The metrics could not be written to "none\/cpw/ });
});
