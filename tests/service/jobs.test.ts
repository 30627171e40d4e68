import t from 'tap';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { accepted, ended, eventsOf, submit, type SeenEvent } from '../helpers/job-client.js';
import { startTestServer } from '../helpers/server.js';

const get = async (url: string, headers: Record<string, string> = {}) => fetch(url, { headers });
const jsonOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

interface Result {
  readonly status: string;
  readonly files: readonly {
    readonly name: string;
    readonly url: string;
    readonly bytes: number;
  }[];
}

t.test('when a submission is wrong, it is refused by name and nothing is left of it', async (t) => {
  const jobsDir = t.testdir();
  const { url, service } = await startTestServer(t, { jobsDir });
  const cases = [
    ['no json', 422, /JSON/],
    [{ workflow: 'dub' }, 422, /workflow/],
    [{ options: { asr: { recognizer: { modelsDir: '/etc' } } } }, 422, /recognizer/],
    [{ options: { asr: { transcribe: { ffmpeg: '/bin/sh' } } } }, 422, /ffmpeg/],
    [{ options: { glossary_load: { glossary: '/etc/passwd' } } }, 422, /glossary_load/],
    [{ options: { tmdb: { film: { endpoint: 'http://10.0.0.1/' } } } }, 422, /tmdb/],
    [{ options: { mux: { muxer: { overwrite: true } } } }, 422, /overwrite/],
    [{ options: { asr: { model: '/etc/passwd' } } }, 404, /no model/],
    [{ options: { asr: { model: '../base' } } }, 404, /no model/],
    [
      { workflow: 'translate', options: { translation: { model: './x', targets: ['es'] } } },
      404,
      /no model/,
    ],
  ] as const;
  for (const [request, status, message] of cases) {
    const answer = await submit(url, { request });
    t.equal(answer.status, status, JSON.stringify(request));
    t.match(await jsonOf(answer), { error: { message, type: 'invalid_request_error' } });
  }
  const form = new FormData();
  form.append('request', '{}');
  const none = await fetch(`${url}/v1/jobs`, { method: 'POST', body: form });
  t.equal(none.status, 422, 'no file');
  t.equal((await fetch(`${url}/v1/jobs`, { method: 'POST' })).status, 415, 'no form');
  t.strictSame(await readdir(service.uploads.path), []);
  t.strictSame(await readdir(jobsDir), [], 'no job was made');
});

t.test('when an id or a name is none of a job, no file is looked for', async (t) => {
  const { url } = await startTestServer(t);
  for (const id of ['..%2f..%2fetc', 'job_0', '2026%2F01%2F01', '%00']) {
    for (const path of ['', '/events', '/result', '/files/job.json']) {
      t.equal((await get(`${url}/v1/jobs/${id}${path}`)).status, 404, `${id}${path}`);
    }
  }
});

t.test(
  'when a recording is submitted, its job is followed to files that can be fetched',
  async (t) => {
    const { url, service } = await startTestServer(t);
    const told: string[] = [];
    const stages = new Set<string>();
    service.news.on('job', ({ state }) => told.push(state));
    service.news.on('stage', ({ event }) => event.type === 'stage' && stages.add(event.stage));
    const request = {
      workflow: 'transcribe',
      options: { asr: { transcribe: { language: 'en' } } },
    };
    const job = await accepted(url, { name: "100% o'clock?.wav", request });
    const events: SeenEvent[] = [];
    for await (const one of eventsOf(await get(`${url}${job.links.events}`))) events.push(one);
    t.equal(events[0]?.event, 'job', 'the job comes first');
    t.equal(events.at(-1)?.data.status, 'completed');
    t.ok(events.some(({ event, data }) => event === 'stage' && data.stage === 'asr'));
    t.strictSame(told, ['accepted', 'running', 'completed']);
    t.ok(stages.has('export'));
    const view = await ended(url, job);
    t.ok(view.stages.every(({ state }) => ['completed', 'skipped'].includes(state)));
    t.notMatch(JSON.stringify(view), service.pipeline.jobsDir, 'no path of the server is told');
    const result = (await jsonOf(await get(`${url}${job.links.result}`))) as unknown as Result;
    const srt = result.files.find(({ name }) => name.endsWith('.srt'));
    const whole = await get(`${url}${srt?.url}`);
    t.match(await whole.text(), /-->/);
    t.match(whole.headers.get('content-disposition'), /attachment; filename\*=UTF-8''100%25/);
    t.equal(whole.headers.get('x-content-type-options'), 'nosniff');
    const part = await get(`${url}${srt?.url}`, { range: 'bytes=2-5' });
    t.equal(part.status, 206);
    t.equal((await part.arrayBuffer()).byteLength, 4);
    t.match(await jsonOf(await get(`${url}/v1/jobs`)), { data: [{ id: job.id }], hasMore: false });
    const gone = await fetch(`${url}${job.links.self}`, { method: 'DELETE' });
    t.equal(gone.status, 204);
    t.equal((await get(`${url}${job.links.self}`)).status, 404);
    t.strictSame(await service.pipeline.list(), []);
  },
);

t.test('when a connection breaks, the events go on behind the last one', async (t) => {
  const { url } = await startTestServer(t);
  const job = await accepted(url);
  const seen: SeenEvent[] = [];
  for await (const one of eventsOf(await get(`${url}${job.links.events}`))) {
    seen.push(one);
    if (seen.length === 3) break;
  }
  const last = seen.at(-1)?.id ?? '';
  const [next] = await all(await get(`${url}${job.links.events}`, { 'last-event-id': last }));
  const place = (id = '') => Number(id.split('-')[1]);
  t.ok(place(next?.id) >= place(last), `${next?.id} behind ${last}`);
});

t.test('when as many jobs wait as may, another one is refused with the time to wait', async (t) => {
  const options = { maxQueue: 0, maxConcurrent: 1 };
  const { url } = await startTestServer(t, { options });
  const job = await accepted(url, { file: 'en-gettysburg.flac' });
  const answer = await submit(url);
  t.equal(answer.status, 429);
  t.match(answer.headers.get('retry-after'), /^\d+$/);
  t.equal((await get(`${url}${job.links.result}`)).status, 409, 'it has not ended');
  const cancelled = await fetch(`${url}${job.links.cancel}`, { method: 'POST' });
  t.match(await jsonOf(cancelled), { status: 'cancelled' });
  t.equal((await submit(url)).status, 202, 'its place is free');
});

t.test(
  'when a job is cancelled, or the client that it is bound to leaves, it ends so',
  async (t) => {
    const { url, service } = await startTestServer(t, { options: { maxConcurrent: 1 } });
    const leave = new AbortController();
    const bound = await submit(url, {
      file: 'en-gettysburg.flac',
      query: '?wait=true',
      signal: leave.signal,
    });
    t.equal(bound.status, 200);
    const waiting = await accepted(url);
    let id = '';
    await t.rejects(async () => {
      for await (const { event, data } of eventsOf(bound)) {
        if (event === 'job') id = data.id;
        if (event === 'stage') leave.abort();
      }
    });
    const told = new Promise<string>((resolve) =>
      service.news.on('job', (news) => news.id === id && resolve(news.state)),
    );
    t.equal(await told, 'cancelled');
    const freed = await ended(url, waiting);
    t.equal(freed.status, 'completed', 'the one behind it goes on');
    const again = await fetch(`${url}${waiting.links.cancel}`, { method: 'POST' });
    t.match(await jsonOf(again), { status: 'completed' }, 'what has ended stays as it is');
  },
);

t.test('when what is sent cannot be decoded, the job fails with the reason', async (t) => {
  const { url, service } = await startTestServer(t);
  const job = await accepted(url, { file: 'refs.json', name: 'no-sound.wav' });
  const failed = await ended(url, job);
  t.equal(failed.status, 'failed');
  t.match(failed.error, { code: /^CPW_/ });
  t.notMatch(JSON.stringify(failed), service.pipeline.jobsDir);
});

t.test(
  'when a server is stopped, another one with the same folder elsewhere goes on',
  async (t) => {
    const folder = t.testdir({ first: {} });
    const jobsDir = join(folder, 'first');
    const first = await startTestServer(t, { jobsDir, options: { drainS: 0 } });
    const jobs = [];
    for (const file of ['en-gettysburg.flac', 'jfk.wav', 'jfk.wav']) {
      jobs.push(await accepted(first.url, { file }));
    }
    first.stop();
    await first.ended;
    const moved = join(folder, 'moved');
    await rename(jobsDir, moved);
    const second = await startTestServer(t, { jobsDir: moved });
    const states = await Promise.all(jobs.map((job) => ended(second.url, job)));
    t.strictSame(
      states.map(({ status }) => status),
      ['completed', 'completed', 'completed'],
    );
    const [job] = await second.service.pipeline.list();
    const kept = JSON.parse(await readFile(join(job?.folder ?? '', 'job.json'), 'utf8')) as object;
    t.match(kept, { input: /^media\// }, 'the recording is found wherever the folder lies');
  },
);

async function all(answer: Response): Promise<readonly SeenEvent[]> {
  const found: SeenEvent[] = [];
  for await (const one of eventsOf(answer)) found.push(one);
  return found;
}
