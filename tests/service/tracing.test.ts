import t, { type Test } from 'tap';
import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, start, commandLine } from '../cli/run-cli.js';
import { audioPath } from '../helpers/audio.js';
import { accepted, ended } from '../helpers/job-client.js';
import { modelsDir } from '../helpers/models.js';
import { otlpReceiver, type SentSpan } from '../helpers/otlp-receiver.js';
import { startTestServer } from '../helpers/server.js';

const jfk = audioPath('jfk.wav');
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${caller}-01`;

function named(spans: readonly SentSpan[], name: string): SentSpan | undefined {
  return spans.find((span) => span.name === name);
}

t.test('when a request names a trace, its transcription belongs to it', async (t) => {
  const collector = await otlpReceiver(t);
  const options = { otlpEndpoint: collector.url, traceSampleRate: 0 };
  const { url, stop, ended } = await startTestServer(t, { options });
  const form = new FormData();
  form.set('file', new Blob([await readFile(jfk)]), 'jfk.wav');
  form.set('model', 'tiny.en');
  const route = `${url}/v1/audio/transcriptions`;
  const answer = await fetch(route, { method: 'POST', body: form, headers: { traceparent } });
  t.equal(answer.status, 200);
  // Sampled by its caller; this one begins here, where nothing is to be kept.
  await fetch(`${url}/v1/models`);
  await fetch(`${url}/health/live`, { headers: { traceparent } });
  stop();
  await ended;
  const spans = collector.spans();
  t.equal(spans.length, 2, spans.map(({ name }) => name).join());
  const request = named(spans, 'POST /v1/audio/transcriptions');
  t.match(request, {
    traceId,
    parentSpanId: caller,
    attributes: { 'http.response.status_code': 200 },
  });
  t.match(named(spans, 'transcribe'), {
    traceId,
    parentSpanId: request?.spanId,
    attributes: { 'config.model': 'tiny.en', 'result.segments': Number },
  });
  t.notMatch(JSON.stringify(spans), /country/iu);
});

t.test('when a job runs, its stages and what engines do are spans under it', async (t) => {
  const collector = await otlpReceiver(t);
  const cwd = t.testdir();
  const args = ['subtitle', jfk, '--source', 'en', '--model', 'tiny.en', '--to', 'export'];
  const where = ['--models-dir', modelsDir.modelsDir, '--offline'];
  const run = await runCli([...args, ...where, '--otlp-endpoint', collector.url], { cwd });
  t.equal(run.status, 0, run.stderr);
  const spans = collector.spans();
  const job = named(spans, 'job');
  t.equal(job?.parentSpanId, undefined);
  t.match(job?.attributes, {
    'job.workflow': 'subtitle',
    'job.state': 'completed',
    'audio.file': /^sha256:[0-9a-f]{16}$/u,
  });
  const asr = named(spans, 'asr-stage');
  t.match(asr, {
    parentSpanId: job?.spanId,
    traceId: job?.traceId,
    attributes: { 'config.model': 'tiny.en', 'result.segments': Number },
  });
  for (const name of ['load-model', 'transcribe']) {
    t.match(named(spans, name), { parentSpanId: asr?.spanId, traceId: job?.traceId }, name);
  }
  t.ok(named(spans, 'export-stage'));
  t.notMatch(JSON.stringify(spans), 'jfk.wav');
});

t.test('when a submitted job names a trace, its stages belong to it', async (t) => {
  const collector = await otlpReceiver(t);
  const options = { otlpEndpoint: collector.url, traceSampleRate: 0 };
  const { url, stop, ended: down, service } = await startTestServer(t, { options });
  const submitted = await accepted(url, { headers: { traceparent } });
  const done = await ended(url, submitted);
  t.equal(done.status, 'completed');
  t.equal(service.pipeline.models.length, 0, 'jobs and requests share one model');
  t.equal(service.models.models.length, 1);
  stop();
  await down;
  const spans = collector.spans();
  const request = named(spans, 'POST /v1/jobs');
  t.match(request, { traceId, parentSpanId: caller });
  const job = named(spans, 'job');
  t.match(job, { traceId, parentSpanId: request?.spanId });
  t.match(job?.attributes['audio.file'], /^sha256:/u);
  t.match(named(spans, 'asr-stage'), { traceId, parentSpanId: job?.spanId });
});

t.test('when a recorded job names its trace, a later run of it links on', async (t) => {
  const collector = await otlpReceiver(t);
  const jobsDir = t.testdir();
  const { service } = await startTestServer(t, { jobsDir });
  const job = await service.pipeline.create({ workflow: 'transcribe', input: jfk, traceparent });
  t.match(JSON.parse(readFileSync(join(job.folder, 'job.json'), 'utf8')), { traceparent });
  const args = ['jobs', 'resume', job.request.id, '--jobs-dir', jobsDir, '--to', 'glossary_load'];
  const tracing = ['--otlp-endpoint', collector.url, '--trace-file-names'];
  const run = await runCli([...args, ...tracing], { cwd: jobsDir });
  t.equal(run.status, 0, run.stderr);
  t.match(named(collector.spans(), 'job'), {
    traceId,
    parentSpanId: caller,
    attributes: { 'audio.file': 'jfk.wav' },
  });
});

/** The modules that a server loads until it was asked once. */
async function loadedModules(t: Test, ...flags: readonly string[]): Promise<string> {
  const list = join(t.testdir(), 'modules');
  const hooks = `import{appendFileSync}from'node:fs';export async function load(url,c,next){appendFileSync(${JSON.stringify(list)},url+'\\n');return next(url,c)}`;
  const setUp = `import{register}from'node:module';register('data:text/javascript,'+encodeURIComponent(${JSON.stringify(hooks)}))`;
  const node = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(setUp)}`];
  const args = ['serve', '--port', '0', '--model', 'tiny.en', '--offline', '--log-level', 'error'];
  const where = ['--models-dir', modelsDir.modelsDir];
  const server = start([...node, commandLine, ...args, ...where, ...flags], { input: 'open' });
  await server.saw(/listening on (http\S+)/u);
  const [, url = ''] = /listening on (http\S+)/u.exec(server.stderr()) ?? [];
  await (await fetch(`${url}/v1/models`, { headers: { traceparent } })).text();
  server.child.kill('SIGTERM');
  await server.result;
  return readFileSync(list, 'utf8');
}

t.test('when no collector is named, nothing of OpenTelemetry is loaded', async (t) => {
  const off = await loadedModules(t);
  t.match(off, 'service/dist/server/app.js');
  t.notMatch(off, 'opentelemetry');
  t.match(await loadedModules(t, '--otlp-endpoint', 'http://127.0.0.1:9'), 'opentelemetry/sdk');
});
