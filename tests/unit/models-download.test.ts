import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CpwError } from '../../src/errors.js';
import { fetchFile, type FetchOptions, type FileWish } from '../../src/models/download-file.js';
import { openHub } from '../../src/models/hub-client.js';
import { hubOptionsSchema, type HubOptions } from '../../src/options/download.js';
import { startHub, startProxy, type HubServer, type Mishap } from '../helpers/hub-server.js';

const PATH = '/me/model/resolve/main/model.bin';
/** Several reads of a socket long, so that a cut finds something written. */
const body = Buffer.alloc(600_000, 'forty-two bytes that repeat themselves...\n');
const sha256 = createHash('sha256').update(body).digest('hex');
const gitHash = createHash('sha1').update(`blob ${body.length}\0`).update(body).digest('hex');

interface Run {
  readonly hub: HubServer;
  readonly wish?: Partial<FileWish>;
  readonly options?: FetchOptions;
  readonly settings?: HubOptions;
}

/** Fetches the one file of a hub into the test's folder, without waiting between attempts. */
async function fetchIt(t: Test, { hub, wish, options, settings }: Run) {
  const delays: number[] = [];
  const wait = async (ms: number): Promise<void> => void delays.push(ms);
  const parsed = hubOptionsSchema.parse({ endpoint: hub.url, stallMs: 200, ...settings });
  const client = await openHub(parsed);
  const target = join(t.testdirName, 'model.bin');
  const whole = { url: client.fileUrl('me/model', 'main', 'model.bin'), target, ...wish };
  try {
    const result = await fetchFile(client, whole, { wait, ...options });
    return { ...result, delays, target };
  } catch (error) {
    return { error: error as CpwError, delays, target };
  } finally {
    await client.close();
  }
}

const known = { bytes: body.length, sha256 };
const ranges = (hub: HubServer) => hub.requests.map(({ headers }) => headers.range);
const statuses = (hub: HubServer) => hub.requests.map(({ status }) => status);

void t.test('when an answer is a refusal, it is said once, in words', async (t) => {
  t.testdir();
  const table: readonly [Mishap, number, string, RegExp][] = [
    [{ status: 404 }, 1, 'CPW_MODEL_NOT_FOUND', /404.*check the endpoint/s],
    [{ status: 401 }, 1, 'CPW_MODEL_NOT_FOUND', /401.*private or gated.*HF_TOKEN/s],
    [
      { status: 403, headers: { 'x-error-message': 'Access to model\u009b is restricted' } },
      1,
      'CPW_MODEL_NOT_FOUND',
      /403: Access to model  ?is restricted\. Next step: accept the terms/,
    ],
    [
      { status: 429, headers: { 'retry-after': '60' } },
      1,
      'CPW_MODEL_NOT_FOUND',
      /429.*again in 60 s/s,
    ],
    [{ status: 500 }, 3, 'CPW_DOWNLOAD_FAILED', /500, a trouble of the server's own/],
    [{ status: 302 }, 1, 'CPW_MODEL_NOT_FOUND', /302/],
    [
      { status: 302, headers: { location: 'file:///etc/passwd' } },
      1,
      'CPW_MODEL_NOT_FOUND',
      /not safe/,
    ],
    [{ status: 302, headers: { location: PATH } }, 1, 'CPW_MODEL_NOT_FOUND', /in a circle/],
  ];
  for (const [mishap, attempts, code, message] of table) {
    await using hub = await startHub();
    hub.serve(PATH, body);
    hub.next(PATH, ...Array.from({ length: 12 }, () => mishap));
    const { error, delays } = await fetchIt(t, { hub, wish: known });
    t.match(error, { code, message }, JSON.stringify(mishap));
    t.equal(delays.length, attempts - 1, `${attempts} attempts`);
    t.notOk(existsSync(join(t.testdirName, 'model.bin')));
  }
});

void t.test(
  'when the bytes are wrong, nothing is installed and nothing is tried again',
  async (t) => {
    t.testdir();
    const wrong = Buffer.alloc(body.length, 'x');
    const table: readonly [string, Partial<FileWish>, Mishap, RegExp, object][] = [
      ['the hash is known', known, { body: wrong }, /its hash is [0-9a-f]{64}, not/, {}],
      ['the hub states it', {}, { body: wrong }, /its hash is/, { linked: true }],
      ['git states it', {}, { body: wrong }, /its git hash is/, { etag: `"${gitHash}"` }],
      ['it is shorter', known, { body: wrong.subarray(9) }, /has 599991 bytes instead of/, {}],
      ['it is longer', known, { body: Buffer.concat([body, body]) }, /has 1200000 bytes/, {}],
      [
        'it is longer and does not say so',
        known,
        { body: Buffer.concat([body, body]), chunked: true },
        /has more than 600000 bytes/,
        {},
      ],
      ['its length is a lie', known, { claimedLength: 5 }, /has 5 bytes instead of 600000/, {}],
    ];
    for (const [title, wish, mishap, message, served] of table) {
      await using hub = await startHub();
      hub.serve(PATH, body, served);
      hub.next(PATH, mishap);
      const { error, delays, target } = await fetchIt(t, { hub, wish });
      t.match(error, { code: 'CPW_MODEL_INCOMPATIBLE', transient: false, message }, title);
      t.same(delays, [], title);
      t.notOk(existsSync(target) || existsSync(`${target}.part`), title);
    }
  },
);

void t.test('when a transfer is cut or stalls, it goes on where it stopped', async (t) => {
  t.testdir();
  await using hub = await startHub();
  hub.serve(PATH, body);
  hub.next(PATH, { cutAfter: 250_000 }, { stallAfter: 100_000 });
  const seen: number[] = [];
  const onBytes = (received: number) => void seen.push(received);
  const result = await fetchIt(t, { hub, wish: known, options: { onBytes } });
  t.match(result, { ...known, verifiedBy: 'registry', delays: [4000, 8000] });
  t.match(ranges(hub), [undefined, /^bytes=[1-9]\d*-$/, /^bytes=[1-9]\d*-$/]);
  t.same(statuses(hub), [200, 206, 206]);
  t.same(await readFile(result.target), body);
  t.same(
    seen,
    seen.toSorted((a, b) => a - b),
    'progress never falls',
  );
  t.notOk(existsSync(`${result.target}.part`) || existsSync(`${result.target}.part.etag`));
  await t.test(
    'when it never gets through, three attempts are made and the part stays',
    async (t) => {
      t.testdir();
      hub.next(PATH, ...Array.from({ length: 3 }, () => ({ cutAfter: 100_000 })));
      const { error, delays, target } = await fetchIt(t, { hub, wish: known });
      t.match(error, {
        code: 'CPW_DOWNLOAD_FAILED',
        transient: true,
        message: /Next step: check the/,
      });
      t.same(delays, [4000, 8000]);
      t.ok((await stat(`${target}.part`)).size > 0);
      t.match(await fetchIt(t, { hub, wish: known }), { ...known, delays: [] }, 'the next run');
      t.equal(statuses(hub).at(-1), 206);
    },
  );
});

void t.test('when a part cannot be gone on with, the file is fetched anew', async (t) => {
  const cases: readonly [string, Mishap, readonly number[]][] = [
    ['the server ignores ranges', { ignoresRange: true }, [200]],
    ['the server answers with another range', { shiftsRange: true }, [206, 200]],
  ];
  for (const [title, mishap, expected] of cases) {
    await using hub = await startHub();
    hub.serve(PATH, body);
    const target = join(t.testdir(), 'model.bin');
    await writeFile(`${target}.part`, body.subarray(0, 1000));
    hub.next(PATH, mishap);
    t.match(await fetchIt(t, { hub, wish: known }), { ...known, delays: [] }, title);
    t.same(statuses(hub), expected, title);
  }
  await t.test('when the file changed in between', async (t) => {
    t.testdir();
    await using hub = await startHub();
    hub.serve(PATH, body, { linked: true });
    hub.next(PATH, { cutAfter: 250_000 });
    const wait = async (): Promise<void> => hub.serve(PATH, other, { linked: true });
    const other = Buffer.alloc(500_000, 'another version');
    const result = await fetchIt(t, { hub, options: { wait } });
    t.match(result, { bytes: other.length, verifiedBy: 'hub' });
    t.same(await readFile(result.target), other, 'no mixture');
    t.match(hub.requests[1]?.headers, { 'if-range': `"${sha256}"` });
  });
  await t.test('when the part is of another version and the server does not tell', async (t) => {
    await using hub = await startHub();
    hub.serve(PATH, body, { etag: undefined });
    const target = join(t.testdir(), 'model.bin');
    await writeFile(`${target}.part`, Buffer.alloc(1000, 'old'));
    t.match(await fetchIt(t, { hub, wish: known }), known);
    t.same(statuses(hub), [206, 200]);
    t.same(await readFile(target), body);
  });
  await t.test('when the part is too long', async (t) => {
    await using hub = await startHub();
    hub.serve(PATH, body);
    const target = join(t.testdir(), 'model.bin');
    await writeFile(`${target}.part`, Buffer.concat([body, body]));
    t.match(await fetchIt(t, { hub, wish: known }), known);
    hub.serve(PATH, body.subarray(0, 500), { linked: true });
    await writeFile(`${target}.part`, body);
    await writeFile(`${target}.part.etag`, hub.requests[0]?.headers.etag ?? '"x"');
    await truncate(target, 0);
    t.match(await fetchIt(t, { hub }), { bytes: 500, verifiedBy: 'hub' });
  });
});

void t.test('when all of a file came in an earlier run, nothing is asked', async (t) => {
  await using hub = await startHub();
  const target = join(t.testdir(), 'model.bin');
  for (const path of [target, `${target}.part`]) {
    await writeFile(path, body);
    t.match(await fetchIt(t, { hub, wish: known }), { ...known, delays: [] });
  }
  t.same(hub.requests, []);
});

void t.test('when nobody knows the hash, it is recorded and said', async (t) => {
  t.testdir();
  await using hub = await startHub();
  hub.serve(PATH, body, { etag: undefined });
  t.match(await fetchIt(t, { hub }), { ...known, verifiedBy: 'nobody' });
  hub.serve(PATH, body, { etag: `"${gitHash}"` });
  t.match(await fetchIt(t, { hub }), { ...known, verifiedBy: 'hub' });
});

void t.test('when the caller aborts, the part stays and the reason comes back', async (t) => {
  t.testdir();
  await using hub = await startHub();
  hub.serve(PATH, body);
  hub.next(PATH, { stallAfter: 300_000 });
  const controller = new AbortController();
  const reason = new Error('enough');
  const onBytes = (): void => controller.abort(reason);
  const options = { signal: controller.signal, onBytes };
  const { error, delays, target } = await fetchIt(t, { hub, wish: known, options });
  t.equal(error, reason);
  t.same(delays, []);
  t.ok((await stat(`${target}.part`)).size > 0);
  const gone = { signal: AbortSignal.abort(reason) };
  t.equal((await fetchIt(t, { hub, wish: known, options: gone })).error, reason);
  t.equal(hub.requests.length, 1, 'an aborted signal asks nothing');
});

void t.test('when a redirect leads to another host, the token stays behind', async (t) => {
  t.testdir();
  await using hub = await startHub();
  await using cdn = await startHub();
  cdn.serve('/blob', body);
  hub.serve(PATH, body, { redirect: `${cdn.url}/blob?signature=secret`, linked: true });
  const result = await fetchIt(t, { hub, settings: { token: 'hf_secret' } });
  t.match(result, { ...known, verifiedBy: 'hub' }, "the hub's word counts, not the other host's");
  t.equal(hub.requests[0]?.headers.authorization, 'Bearer hf_secret');
  t.equal(cdn.requests[0]?.headers.authorization, undefined);
  t.notMatch(JSON.stringify(result), /secret/);
  cdn.next('/blob', { status: 403 });
  const { error } = await fetchIt(t, { hub, settings: { token: 'hf_secret' } });
  t.notMatch(JSON.stringify([error?.message, error?.details]), /secret/);
});

void t.test(
  'when a proxy is given, requests go through it, except where it is not for',
  async (t) => {
    t.testdir();
    await using hub = await startHub();
    await using proxy = await startProxy();
    hub.serve(PATH, body);
    const settings = { httpProxy: proxy.url };
    t.match(await fetchIt(t, { hub, wish: known, settings }), known);
    t.same(proxy.tunnels, [new URL(hub.url).host]);
    const direct = { ...settings, noProxy: '127.0.0.1' };
    await truncate(join(t.testdirName, 'model.bin'), 0);
    t.match(await fetchIt(t, { hub, wish: known, settings: direct }), known);
    t.equal(proxy.tunnels.length, 1);
    const dead = { httpProxy: 'http://user:secret@127.0.0.1:1' };
    await truncate(join(t.testdirName, 'model.bin'), 0);
    const { error } = await fetchIt(t, { hub, wish: known, settings: dead });
    t.match(error, { code: 'CPW_DOWNLOAD_FAILED', message: /refuses the connection.*proxy/s });
    t.notMatch(error?.message, /secret/);
  },
);

void t.test('when settings are wrong, the message does not show what could be secret', (t) => {
  for (const wrong of [{ token: 'a b' }, { httpProxy: 'socks5://u:p@h' }, { endpoint: 'nope' }]) {
    const result = hubOptionsSchema.safeParse(wrong);
    t.notOk(result.success);
    t.notMatch(String(result.error?.message), /a b|u:p/);
  }
  t.end();
});
