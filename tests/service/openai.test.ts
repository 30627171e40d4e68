import t from 'tap';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { toFile } from 'openai';
import { parseSrt, parseVtt } from 'cpw-native';
import { audioPath } from '../helpers/audio.js';
import { clientOf, jfkFile, jfkText, postForm, uploadsOf } from '../helpers/requests.js';
import { startTestServer } from '../helpers/server.js';
import { wordErrors } from '../helpers/word-error-rate.js';

const jfk = () => createReadStream(audioPath('jfk.wav'));

t.test("when OpenAI's client asks, every form of answer is what it expects", async (t) => {
  const server = await startTestServer(t, { apiKeys: ['a-key'] });
  const { audio, models } = clientOf(server, 'a-key');
  const news: string[] = [];
  server.service.news.on('transcription', ({ state }) => news.push(state));
  const { text, usage } = await audio.transcriptions.create({ file: jfk(), model: 'whisper-1' });
  t.ok(wordErrors(jfkText, text).errors <= 2, text);
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
  t.ok(wordErrors(jfkText, (verbose.words ?? []).map(({ word }) => word).join(' ')).errors <= 2);
  t.ok((verbose.segments ?? []).length > 0);
  t.ok(verbose.words?.every(({ start, end }) => start < end && end <= 11.1));

  const common = { model: 'whisper-1' } as const;
  const plain = await audio.transcriptions.create({
    ...common,
    file: jfk(),
    response_format: 'text',
  });
  t.ok(wordErrors(jfkText, plain).errors <= 2, plain);
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
  const file = await jfkFile();
  const model = 'whisper-1';
  const cases: readonly (readonly [
    Parameters<typeof postForm>[1],
    number,
    string | null,
    RegExp,
  ])[] = [
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
    const told = await postForm(url, fields);
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
