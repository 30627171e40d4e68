import t from 'tap';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { audioPath } from '../helpers/audio.js';
import { clientOf, jfkFile, jfkText, postForm, until, uploadsOf } from '../helpers/requests.js';
import { startTestServer } from '../helpers/server.js';
import { wordErrors } from '../helpers/word-error-rate.js';

const alice = () => createReadStream(audioPath('en-alice.flac'));
const jfk = () => createReadStream(audioPath('jfk.wav'));

t.test('when a file is no audio, too large or too long, that is what is said', async (t) => {
  const options = { maxUploadMb: 1, maxDurationS: 20 };
  const server = await startTestServer(t, { options });
  const { url } = server;
  const model = 'whisper-1';
  const noAudio = await postForm(url, { model, file: new Blob(['no audio at all']) });
  t.match(noAudio, { status: 415, error: { code: 'CPW_UNSUPPORTED_MEDIA' } });
  t.match(noAudio.error['message'], /audio\.wav/u, 'the name is the one that was sent');
  t.notMatch(noAudio.error['message'], /uploads/u, 'and no path of the server');
  const empty = await postForm(url, { model, file: new Blob([]) });
  t.equal(empty.status, 415, String(empty.error['message']));
  const large = await postForm(url, { model, file: new Blob([new Uint8Array(5_000_000)]) });
  t.match(large, { status: 413, error: { param: 'file', message: /larger than 1 MB/u } });
  const long = await postForm(url, {
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
    '--x\r\nContent-Disposition: form-data; name="file"; filename="../../../../etc/\u001b[31mowned.wav"\r\n\r\n',
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
    audio.transcriptions.create({ file: alice(), model: 'whisper-1' }, { signal: leave.signal });
  const leave = new AbortController();
  const begun = once(news, 'transcription');
  const first = long();
  await begun;
  const second = long();
  await until(() => queue.waiting === 1);
  const full = await postForm(server.url, { model: 'whisper-1', file: await jfkFile() });
  t.match(full, { status: 429, error: { code: 'rate_limit_exceeded' } });
  t.match(full.headers.get('retry-after'), /^[1-9]\d*$/u);
  const ended = once(news, 'transcription');
  leave.abort();
  await t.rejects(first);
  await t.rejects(second, 'the one that waits too');
  t.match(await ended, [{ state: 'aborted' }]);
  await until(() => queue.running + queue.waiting === 0);
  const { text } = await audio.transcriptions.create({ file: jfk(), model: 'whisper-1' });
  t.ok(wordErrors(jfkText, text).errors <= 2, text);
  await until(async () => (await uploadsOf(server)).length === 0);
});

t.test('when it drains, new requests are refused and running ones answered', async (t) => {
  const server = await startTestServer(t, { options: { drainS: 60 } });
  const begun = once(server.service.news, 'transcription');
  const running = clientOf(server).audio.transcriptions.create({
    file: alice(),
    model: 'whisper-1',
  });
  await begun;
  server.stop();
  const refused = await postForm(server.url, { model: 'whisper-1', file: await jfkFile() });
  t.match(refused, { status: 503, error: { code: 'unavailable' } });
  t.equal(refused.headers.get('retry-after'), '10');
  t.ok((await running).text.length > 100);
  await server.ended;
});

t.test('when it drains for longer than it may, what still runs is stopped', async (t) => {
  const server = await startTestServer(t, { options: { drainS: 0 } });
  const begun = once(server.service.news, 'transcription');
  const running = clientOf(server).audio.transcriptions.create({
    file: alice(),
    model: 'whisper-1',
  });
  const answer = running.catch((error: unknown) => error);
  await begun;
  server.stop();
  t.match(await answer, { status: 503, code: 'unavailable' });
  await server.ended;
  await t.rejects(readdir(server.service.uploads.path), { code: 'ENOENT' });
});
