import t from 'tap';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import OpenAI, { toFile } from 'openai';
import { parseSrt, parseVtt } from 'cpw-native';
import { audioPath } from '../helpers/audio.js';
import { startTestServer, type TestServer } from '../helpers/server.js';
import { wordErrors } from '../helpers/word-error-rate.js';

const spoken =
  'and so my fellow americans ask not what your country can do for you ask what you can do for ' +
  'your country';
const jfk = () => createReadStream(audioPath('jfk.wav'));

const clientOf = ({ url }: Pick<TestServer, 'url'>, apiKey = 'none') =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

/** Sends a form as a browser does. */
const post = async (
  url: string,
  fields: Readonly<Record<string, string | Blob | readonly string[]>>,
  path = '/v1/audio/transcriptions',
): Promise<{ status: number; headers: Headers; error: Record<string, string | null> }> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') form.append(name, one);
      else form.append(name, one as Blob, 'audio.wav');
    }
  }
  const answer = await fetch(url + path, { method: 'POST', body: form });
  const { error = {} } = (await answer.json()) as { error?: Record<string, string | null> };
  return { status: answer.status, headers: answer.headers, error };
};

const wav = async (): Promise<Blob> => new Blob([await readFile(audioPath('jfk.wav'))]);
const uploadsOf = ({ service }: TestServer) => readdir(service.uploads.path);

t.test("when OpenAI's client asks, every form of answer is what it expects", async (t) => {
  const server = await startTestServer(t, { apiKeys: ['a-key'] });
  const { audio, models } = clientOf(server, 'a-key');
  const news: string[] = [];
  server.service.news.on('transcription', ({ state }) => news.push(state));
  const { text, usage } = await audio.transcriptions.create({ file: jfk(), model: 'whisper-1' });
  t.ok(wordErrors(spoken, text).errors <= 2, text);
  t.same(usage, { type: 'duration', seconds: 11 });
  t.same(news, ['begun', 'completed']);

  const verbose = await audio.transcriptions.create({
    file: jfk(),
    model: 'tiny.en',
    response_format: 'verbose_json',
    timestamp_granularities: ['word', 'segment'],
    language: 'en',
    prompt: 'A speech.',
    temperature: 0,
  });
  t.match(verbose, { task: 'transcribe', language: 'english', duration: 11 });
  t.ok(wordErrors(spoken, (verbose.words ?? []).map(({ word }) => word).join(' ')).errors <= 2);
  t.ok((verbose.segments ?? []).length > 0);
  t.ok(verbose.words?.every(({ start, end }) => start < end && end <= 11.1));

  const common = { model: 'whisper-1' } as const;
  const plain = await audio.transcriptions.create({
    ...common,
    file: jfk(),
    response_format: 'text',
  });
  t.ok(wordErrors(spoken, plain).errors <= 2, plain);
  const srt = await audio.transcriptions.create({ ...common, file: jfk(), response_format: 'srt' });
  t.ok(parseSrt(srt, { name: 'srt' }).length > 1);
  const vtt = await audio.transcriptions.create({ ...common, file: jfk(), response_format: 'vtt' });
  t.match(vtt, /^WEBVTT\n/u);
  t.ok(parseVtt(vtt, { name: 'vtt' }).length > 1);

  const listed = (await models.list()).data.map(({ id }) => id);
  t.same(listed, ['tiny.en', 'whisper-1']);
  t.equal((await models.retrieve('tiny.en')).owned_by, 'cpw-native');
  t.same(await uploadsOf(server), [], 'no upload is left');
});

t.test("when OpenAI's client streams, the deltas joined are the text", async (t) => {
  const server = await startTestServer(t);
  const { audio } = clientOf(server);
  const events = await audio.transcriptions.create({
    file: createReadStream(audioPath('en-alice.flac')),
    model: 'whisper-1',
    stream: true,
    chunking_strategy: { type: 'server_vad', silence_duration_ms: 300 },
  });
  let joined = '';
  let whole = '';
  let count = 0;
  for await (const event of events) {
    if (event.type === 'transcript.text.delta') joined += event.delta;
    if (event.type === 'transcript.text.done') whole = event.text;
    count += 1;
  }
  t.ok(count > 2, `${count} events`);
  t.equal(joined, whole);
  t.ok(whole.length > 100);
  const refused = audio.transcriptions.create({
    file: await toFile(Buffer.from('this is no audio'), 'a.mp3'),
    model: 'whisper-1',
    stream: true,
  });
  const error: unknown = await refused.catch((caught: unknown) => caught);
  t.match(error, { status: 415 }, 'what fails at once has its status');
});

t.test('when the model knows English alone, it translates nothing and says so', async (t) => {
  const { audio } = clientOf(await startTestServer(t));
  await t.rejects(audio.translations.create({ file: jfk(), model: 'tiny.en' }), {
    status: 422,
    param: 'model',
    message: /knows English alone/u,
  });
  await t.rejects(audio.transcriptions.create({ file: jfk(), model: 'tiny.en', language: 'de' }), {
    status: 422,
    param: 'language',
    code: 'CPW_UNSUPPORTED_LANGUAGE',
  });
});

t.test('when a multilingual model is served, it translates into English', async (t) => {
  const { audio } = clientOf(await startTestServer(t, { model: 'base' }));
  const translation = await audio.translations.create({
    file: createReadStream(audioPath('de-faust.flac')),
    model: 'whisper-1',
    response_format: 'verbose_json',
  });
  t.match(translation, { language: 'english', task: 'translate' });
  t.match(translation.text, /\b(the|and|I)\b/u);
});

t.test('when a field is wrong, it is named, and none is ignored', async (t) => {
  const server = await startTestServer(t);
  const { url } = server;
  const file = await wav();
  const model = 'whisper-1';
  const cases: readonly (readonly [Parameters<typeof post>[1], number, string | null, RegExp])[] = [
    [{ model }, 422, 'file', /holds no file/u],
    [{ file }, 422, 'model', /model: is missing/u],
    [{ file, model: '../../etc/passwd' }, 404, 'model', /is not served here/u],
    [{ file, model, langage: 'en' }, 422, 'langage', /did you mean language/u],
    [{ file, model, language: 'English' }, 422, 'language', /not a language code/u],
    [{ file, model, language: '' }, 422, 'language', /is empty/u],
    [{ file, model, temperature: '3' }, 422, 'temperature', /3/u],
    [{ file, model, temperature: 'hot' }, 422, 'temperature', /hot/u],
    [{ file, model, response_format: 'docx' }, 422, 'response_format', /docx/u],
    [{ file, model, stream: 'yes' }, 422, 'stream', /yes/u],
    [{ file, model, stream: 'true', response_format: 'srt' }, 422, 'stream', /not streamed/u],
    [{ file, model, 'include[]': 'logprobs' }, 422, 'include', /not supported/u],
    [{ file, model, 'known_speaker_names[]': 'a' }, 422, 'known_speaker_names', /told apart/u],
    [{ file, model, url: 'http://127.0.0.1/' }, 422, 'url', /nothing is fetched/u],
    [{ file, model, chunking_strategy: 'loud' }, 422, 'chunking_strategy', /loud/u],
    [{ file, model, 'timestamp_granularities[]': 'word' }, 422, 'timestamp_granularities[]', /./u],
    [{ file: [file, file] as never, model }, 413, null, /cannot be read/u],
    [{ other: file, model }, 422, 'other', /a file as "other"/u],
  ];
  for (const [fields, status, param, message] of cases) {
    const told = await post(url, fields);
    const what = JSON.stringify(fields);
    t.equal(told.status, status, what);
    t.equal(told.error['param'], param, what);
    t.match(told.error['message'], message, what);
  }
  const json = await fetch(`${url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model }),
  });
  t.equal(json.status, 415);
  t.same(await uploadsOf(server), []);
  t.equal(server.service.queue.waiting + server.service.queue.running, 0, 'no place is held');
});

t.test('when a file is no audio, too large or too long, that is what is said', async (t) => {
  const options = { maxUploadMb: 1, maxDurationS: 20 };
  const server = await startTestServer(t, { options });
  const { url } = server;
  const model = 'whisper-1';
  const noAudio = await post(url, { model, file: new Blob(['no audio at all']) });
  t.match(noAudio, { status: 415, error: { code: 'CPW_UNSUPPORTED_MEDIA' } });
  t.match(noAudio.error['message'], /audio\.wav/u, 'the name is the one that was sent');
  t.notMatch(noAudio.error['message'], /uploads/u, 'and no path of the server');
  const empty = await post(url, { model, file: new Blob([]) });
  t.equal(empty.status, 415, String(empty.error['message']));
  const large = await post(url, { model, file: new Blob([new Uint8Array(5_000_000)]) });
  t.match(large, { status: 413, error: { param: 'file', message: /larger than 1 MB/u } });
  const long = await post(url, {
    model,
    file: new Blob([await readFile(audioPath('en-alice.flac'))]),
  });
  t.match(long, { status: 422, error: { code: 'audio_too_long', message: /longer than 20 s/u } });
  t.same(await uploadsOf(server), []);
});

t.test('when a file name looks like a path, it is only a name', async (t) => {
  const server = await startTestServer(t);
  const body = [
    '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="../../../../tmp/\u001b[31mowned.wav"\r\n\r\n',
    'nothing\r\n--x--\r\n',
  ].join('');
  const answer = await fetch(`${server.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body,
  });
  const { error } = (await answer.json()) as { error: { message: string } };
  t.equal(answer.status, 415);
  t.match(error.message, /"\[31mowned\.wav"/u);
  t.same(await uploadsOf(server), []);
});

t.test('when an upload breaks off, nothing of it stays and its place is free', async (t) => {
  const server = await startTestServer(t);
  const asked = httpRequest(`${server.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1000000' },
  });
  asked.on('error', () => undefined);
  asked.write(
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF' +
      'x'.repeat(100_000),
  );
  const file = await until(async () => (await uploadsOf(server))[0]);
  t.match(file, /^[0-9a-f-]{36}$/u, 'a name that no request chose');
  t.equal(server.service.queue.waiting, 1);
  asked.destroy();
  await until(async () => (await uploadsOf(server)).length === 0);
  await until(() => server.service.queue.waiting === 0);
  const cut = await fetch(`${server.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF',
  });
  t.equal(cut.status, 400, 'a form without an end');
  t.same(await uploadsOf(server), []);
});

t.test('when the client leaves, the engine stops and the next one is served', async (t) => {
  const server = await startTestServer(t, { options: { maxConcurrent: 1, maxQueue: 1 } });
  const { queue, news } = server.service;
  const { audio } = clientOf(server);
  const long = () =>
    audio.transcriptions.create(
      { file: createReadStream(audioPath('en-alice.flac')), model: 'whisper-1' },
      { signal: leave.signal },
    );
  const leave = new AbortController();
  const begun = once(news, 'transcription');
  const first = long();
  await begun;
  const second = long();
  await until(() => queue.waiting === 1);
  const full = await post(server.url, { model: 'whisper-1', file: await wav() });
  t.match(full, { status: 429, error: { code: 'rate_limit_exceeded' } });
  t.match(full.headers.get('retry-after'), /^[1-9]\d*$/u);
  const ended = once(news, 'transcription');
  leave.abort();
  await t.rejects(first);
  await t.rejects(second, 'the one that waits too');
  t.match(await ended, [{ state: 'aborted' }]);
  await until(() => queue.running + queue.waiting === 0);
  const { text } = await audio.transcriptions.create({ file: jfk(), model: 'whisper-1' });
  t.ok(wordErrors(spoken, text).errors <= 2, text);
  await until(async () => (await uploadsOf(server)).length === 0);
});

t.test('when it drains, new requests are refused and running ones answered', async (t) => {
  const server = await startTestServer(t, { options: { drainS: 60 } });
  const begun = once(server.service.news, 'transcription');
  const running = clientOf(server).audio.transcriptions.create({
    file: createReadStream(audioPath('en-alice.flac')),
    model: 'whisper-1',
  });
  await begun;
  server.stop();
  const refused = await post(server.url, { model: 'whisper-1', file: await wav() });
  t.match(refused, { status: 503, error: { code: 'unavailable' } });
  t.equal(refused.headers.get('retry-after'), '10');
  t.ok((await running).text.length > 100);
  await server.ended;
});

t.test('when it drains for longer than it may, what still runs is stopped', async (t) => {
  const server = await startTestServer(t, { options: { drainS: 0 } });
  const begun = once(server.service.news, 'transcription');
  const running = clientOf(server).audio.transcriptions.create({
    file: createReadStream(audioPath('en-alice.flac')),
    model: 'whisper-1',
  });
  const answer = running.catch((error: unknown) => error);
  await begun;
  server.stop();
  t.match(await answer, { status: 503, code: 'unavailable' });
  await server.ended;
  await t.rejects(readdir(server.service.uploads.path), { code: 'ENOENT' });
});

t.test('when the interface is described, forms, answers and errors are in it', async (t) => {
  const { url } = await startTestServer(t, { apiKeys: ['a-key'] });
  const asked = httpRequest(`${url}/openapi.json`).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  const { post: route } = (JSON.parse(text) as { paths: Record<string, { post: object }> }).paths[
    '/v1/audio/transcriptions'
  ] ?? { post: {} };
  t.match(route, {
    requestBody: {
      content: {
        'multipart/form-data': {
          schema: {
            required: ['model', 'file'],
            properties: { file: { type: 'string', format: 'binary' }, temperature: { maximum: 1 } },
          },
        },
      },
    },
    responses: {
      200: { content: { 'text/vtt': {}, 'application/json': {}, 'text/event-stream': {} } },
      429: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  });
});

/** Asks again and again, for as long as the test may take. */
async function until<T>(ask: () => T | Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
