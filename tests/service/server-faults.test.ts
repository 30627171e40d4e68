import t, { type Test } from 'tap';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jfkCut, upload, uploadUntilServed } from '../helpers/load.js';
import { accepted, ended } from '../helpers/job-client.js';
import { modelsDir } from '../helpers/models.js';
import { jfkText, until } from '../helpers/requests.js';
import { startTestServer } from '../helpers/server.js';
import { residentMb, serveProcess, type ServerProcess } from '../helpers/server-process.js';
import { wordErrors } from '../helpers/word-error-rate.js';

/** The server serves on: jfk.wav is answered with its words. */
async function servesOn(t: Test, url: string, what = 'it serves on'): Promise<void> {
  const answer = await upload(url, jfkCut(11));
  const { text = '' } = (await answer.json()) as { text?: string };
  t.equal(answer.status, 200, what);
  t.ok(wordErrors(jfkText, text).errors <= 2, text);
}

/** The files of uploads that lie on the disk. */
async function uploadsOf({ uploads }: Pick<ServerProcess, 'uploads'>): Promise<string[]> {
  const entries = await readdir(uploads, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Sends bytes as they stand, and reads nothing of what comes. */
async function send(url: string, text: string | Buffer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** A request for a stream, with its recording, cut off after some of its bytes. */
async function streamRequest(seconds: number, share = 1): Promise<Buffer> {
  const form = new FormData();
  form.append('model', 'whisper-1');
  form.append('stream', 'true');
  form.append('file', jfkCut(seconds), 'jfk.wav');
  const { headers, body } = new Response(form);
  const bytes = Buffer.from(await new Response(body).arrayBuffer());
  const head =
    `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: localhost\r\n` +
    `content-type: ${headers.get('content-type')}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes.subarray(0, bytes.length * share)]);
}

/** False where that is not possible now, since a file is being written. */
function remount(folder: string, how: 'ro' | 'rw'): boolean {
  return spawnSync('mount', ['-o', `remount,${how}`, folder]).status === 0;
}

t.test('when uploads break off, their places are free and nothing of them stays', async (t) => {
  const places = 6;
  const server = await serveProcess(t, { args: ['--max-concurrent', '1', '--max-queue', '5'] });
  const half = await streamRequest(11, 0.5);
  const sockets = await Promise.all(Array.from({ length: places }, () => send(server.url, half)));
  await until(async () => (await uploadsOf(server)).length === places);
  t.equal((await upload(server.url, jfkCut(1))).status, 429, 'every place is taken');
  for (const socket of sockets) socket.destroy();
  await until(async () => (await uploadsOf(server)).length === 0);
  const run = await uploadUntilServed(server.url, { audio: jfkCut(11), tries: 3 });
  t.equal(run.status, 200, 'it serves on');
});

t.test('when clients do not read what they asked for, others are served', async (t) => {
  const server = await serveProcess(t, { args: ['--max-concurrent', '1'] });
  const { url, child } = server;
  await servesOn(t, url, 'it serves');
  const before = await residentMb(child);
  const request = await streamRequest(11);
  const sockets: Socket[] = [];
  for (let i = 0; i < 4; i += 1) sockets.push(await send(url, request));
  await until(() => server.said().split('Processing complete').length - 1 === 1 + sockets.length);
  // Answers that no buffer between the two takes.
  const many = 'GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(500);
  for (let i = 0; i < 10; i += 1) sockets.push(await send(url, many));
  await servesOn(t, url);
  t.same(await uploadsOf(server), [], 'their uploads are gone');
  const after = await residentMb(child);
  t.comment(`14 clients that read nothing: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB`);
  t.ok(after < before * 1.5, 'and what they do not read is not kept for them');
  for (const socket of sockets) socket.destroy();
});

/** A test on a file system of so many KB, which is there until it ends. */
function onSmallDisk(
  kb: number,
  body: (t: Test, folder: string) => Promise<void>,
): (t: Test) => Promise<void> {
  return async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'cpw-native-small-disk-'));
    t.teardown(() => rm(folder, { recursive: true }));
    try {
      const size = `size=${kb}k`;
      execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'none', folder], { stdio: 'pipe' });
    } catch {
      t.pass('left out', { skip: 'no small file system can be mounted here' });
      return;
    }
    t.teardown(() => void execFileSync('umount', ['--lazy', folder]));
    await body(t, folder);
  };
}

t.test(
  'when the disk is full, that is said and no half file stays',
  onSmallDisk(1024, async (t, folder) => {
    const server = await serveProcess(t, { folder });
    const { url } = server;
    const large = new Blob([new Uint8Array(3_000_000)]);
    const answer = await upload(url, large);
    t.equal(answer.status, 503);
    t.match(answer.headers.get('retry-after'), /^[1-9]\d*$/u);
    t.match(await answer.json(), {
      error: { code: 'unavailable', message: /no room for the upload.*Next step/u },
    });
    t.same(await uploadsOf(server), []);
    const form = new FormData();
    form.append('file', large, 'a.wav');
    const job = await fetch(`${url}/v1/jobs`, { method: 'POST', body: form });
    t.match([job.status, await job.json()], [503, { error: { code: 'unavailable' } }]);
    t.same(await uploadsOf(server), []);
    await servesOn(t, url, 'what there is room for is served');
  }),
);

t.test(
  'when a job fills the disk, it fails with the reason and the server serves on',
  onSmallDisk(84, async (t, folder) => {
    const { url, said } = await serveProcess(t, { folder });
    const job = await accepted(url, { file: 'jfk.mp3' });
    const failed = await ended(url, job);
    t.match(failed, {
      status: 'failed',
      error: { code: 'CPW_OUT_OF_MEMORY', message: /Next step/u },
    });
    t.notMatch(said(), /unhandled|internal/iu);
    t.equal((await fetch(`${url}${job.links.self}`, { method: 'DELETE' })).status, 204);
    const answer = await upload(url, jfkCut(1));
    t.equal(answer.status, 200, 'and with the job its files are gone');
  }),
);

t.test(
  'when not even the end of a job can be written, it goes on once it can',
  onSmallDisk(2048, async (t, folder) => {
    const { url, said } = await serveProcess(t, { folder });
    const job = await accepted(url, { file: 'en-tale.flac' });
    await until(() => remount(folder, 'ro'));
    await until(() => said().includes('the end of the job could not be written'));
    t.ok(remount(folder, 'rw'), 'the disk may be written again');
    t.match(await ended(url, job), { status: 'completed' });
  }),
);

t.test('when the model is removed, the loaded one serves on and no other starts', async (t) => {
  const folder = t.testdir();
  const models = join(folder, 'models');
  for (const name of ['tiny.en', 'silero-vad']) {
    await cp(join(modelsDir.modelsDir, name), join(models, name), { recursive: true });
  }
  const { url, child, end } = await serveProcess(t, { models, args: ['--offline'], folder });
  await rm(models, { recursive: true });
  await Promise.all([servesOn(t, url), servesOn(t, url)]);
  const health = await fetch(`${url}/health`);
  t.match(await health.json(), { checks: { models_loaded: true } });
  child.kill('SIGTERM');
  t.same(await end, [0, null]);
  await t.rejects(serveProcess(t, { models, args: ['--offline'], folder }), {
    message: /it ended: .*tiny\.en.*Next step/su,
  });
});

t.test('when the clock jumps, times are measured and waits told as before', async (t) => {
  const { url, service } = await startTestServer(t, { options: { maxConcurrent: 1, maxQueue: 0 } });
  const { now } = Date;
  let jumpMs = 0;
  Date.now = () => now() + jumpMs;
  t.teardown(() => {
    Date.now = now;
  });
  for (const years of [20, -20]) {
    const begun = once(service.news, 'transcription');
    const served = servesOn(t, url);
    await begun;
    jumpMs = years * 365 * 86_400_000;
    const ended = once(service.news, 'transcription');
    const refused = await upload(url, jfkCut(1));
    t.equal(refused.status, 429);
    t.ok(Number(refused.headers.get('retry-after')) <= 10, 'Retry-After is of seconds');
    const [{ elapsedS = Number.NaN }] = (await ended) as [{ elapsedS?: number }];
    t.ok(elapsedS > 0 && elapsedS < 60, `it took ${elapsedS} s`);
    await served;
  }
  t.ok(service.queue.retryAfterS < 60);
});

t.test('when it is killed under load, the next one removes what it left and serves', async (t) => {
  const folder = t.testdir();
  const server = await serveProcess(t, { folder });
  const asked = Array.from({ length: 12 }, () => upload(server.url, jfkCut(11)));
  const answers = Promise.allSettled(asked);
  await Promise.race(asked);
  server.child.kill('SIGKILL');
  await server.end;
  const lost = (await answers).filter(({ status }) => status === 'rejected').length;
  const left = await uploadsOf(server);
  t.comment(`killed with ${left.length} uploads on the disk; ${lost} of 12 requests not answered`);
  t.ok(left.length > 0, 'it left uploads');
  const next = await serveProcess(t, { folder });
  t.same(await uploadsOf(next), [], 'they are gone');
  await servesOn(t, next.url);
});
