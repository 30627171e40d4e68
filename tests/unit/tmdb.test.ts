import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import t from 'tap';
import { z } from 'zod';
import { findFilmNames } from '../../src/names/film-names.js';
import { TmdbClient, type TmdbAccess } from '../../src/names/tmdb-client.js';
import { tmdbOptionsSchema, type TmdbOptions } from '../../src/options/tmdb.js';
import { startProxy } from '../helpers/hub-server.js';
import { cast, crew, hindi, startTmdb, type TmdbAnswer } from '../helpers/tmdb-server.js';

const server = await startTmdb();
t.teardown(() => server[Symbol.asyncDispose]());
const key = 'k3y-that-nobody-may-see';
const start = Date.parse('2026-01-01T00:00:00Z');

// A clock that stands still unless a test turns it.
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start });
t.teardown(() => mock.timers.reset());
const turn = (ms: number): void => mock.timers.tick(ms);
/** Turns it behind what goes on now. */
const turnSoon = (ms: number): unknown => setImmediate(() => turn(ms));

let folders = 0;
const root = t.testdir();
function client(options: TmdbOptions = {}, access: Partial<TmdbAccess> = {}) {
  const parsed = tmdbOptionsSchema.parse({ endpoint: server.endpoint, ...options });
  const cacheDir = path.join(root, `cache-${(folders += 1)}`);
  const delays: number[] = [];
  const made = new TmdbClient(parsed, {
    key,
    cacheDir,
    onRetry: ({ delayMs, error, attempt, attempts }) => {
      t.notMatch(error.message, key);
      t.ok(attempt < attempts && attempts === 5);
      delays.push(delayMs);
      turnSoon(delayMs);
    },
    ...access,
  });
  t.teardown(() => made.close());
  return { tmdb: made, parsed, delays, cacheDir: access.cacheDir ?? cacheDir };
}

const question = { path: '/x', query: { q: 'a b' }, schema: z.object({ ok: z.boolean() }) };
const fine: TmdbAnswer = { body: { ok: true } };
const broken: TmdbAnswer = { status: 503, body: { status_message: key } };

async function answered(...answers: readonly TmdbAnswer[]) {
  const before = server.requests.length;
  server.on('/x', ...answers);
  const made = client();
  const result = await made.tmdb.get(question).then(
    (value) => ({ value, error: undefined }),
    (error: Error) => ({ value: undefined, error }),
  );
  return { ...result, delays: made.delays, requests: server.requests.length - before };
}

t.test('when the server has trouble of its own, five attempts are made with pauses', async (t) => {
  const { value, delays, requests } = await answered(broken, { status: 500 }, broken, broken, fine);
  t.strictSame(value, { ok: true });
  t.equal(requests, 5);
  for (const [index, delay] of delays.entries()) {
    const nominal = 1000 * 2 ** index;
    t.ok(delay >= nominal && delay <= nominal * 1.5, `${delay} ms after attempt ${index + 1}`);
  }
  const failed = await answered(broken);
  t.equal(failed.requests, 5);
  t.match(failed.error, { code: 'CPW_DOWNLOAD_FAILED', message: /TMDB answers 503 to \/3\/x/ });
  t.notMatch(JSON.stringify(failed.error) + String(failed.error?.stack), key);
});

t.test('when an answer is slow or a connection is cut, that is worth another try', async (t) => {
  const slow: TmdbAnswer = { hang: () => turnSoon(10_000) };
  const cut: TmdbAnswer = { cut: '{"ok":' };
  const { value, requests } = await answered(slow, cut, cut, fine);
  t.strictSame(value, { ok: true });
  t.equal(requests, 4);
  const always = await answered(slow);
  t.match(always.error, { message: /no answer to \/3\/x within 10 s/ });
  t.equal(always.requests, 5);
  t.match((await answered(cut)).error, { message: /cannot be reached .*: the connection was cut/ });
  const { tmdb } = client({ endpoint: 'http://127.0.0.1:1/3' });
  await t.rejects(tmdb.get(question), { message: /it refuses the connection/, transient: true });
});

t.test('when an answer is final, it is asked for once and the key is not shown', async (t) => {
  const cases: readonly (readonly [TmdbAnswer, RegExp])[] = [
    [
      { status: 401, body: { status_message: `bad ${key}` } },
      /refuses the key .*\(401\).*themoviedb/,
    ],
    [{ status: 404 }, /has no \/3\/x \(404\)/],
    [{ status: 418 }, /does not take/],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /no redirect is followed/],
    [{ raw: `{"ok": tr${key}` }, /it is not JSON/],
    [{ body: { ok: 'yes' } }, /no answer of TMDB: ok: /],
    [{ endless: true }, /longer than 4 MB/],
  ];
  for (const [answer, message] of cases) {
    const { error, requests } = await answered(answer);
    t.match(error, { code: 'CPW_INVALID_OPTIONS', message });
    t.notMatch(JSON.stringify(error) + String(error?.stack), key);
    t.equal(requests, 1, String(message));
  }
});

t.test('when the server asks for a pause, it gets it, or the job goes on', async (t) => {
  const seconds: TmdbAnswer = { status: 429, headers: { 'retry-after': '7' } };
  const date = new Date(Date.now() + 20_000).toUTCString();
  const until: TmdbAnswer = { status: 429, headers: { 'retry-after': date } };
  const { value, delays } = await answered(seconds, until, { status: 429 }, fine);
  t.strictSame(value, { ok: true });
  t.equal(delays[0], 7000);
  t.ok((delays[1] ?? 0) > 10_000 && (delays[1] ?? 0) <= 20_000, 'until that time');
  t.ok((delays[2] ?? 0) >= 4000);
  const long = await answered({ status: 429, headers: { 'retry-after': '3600' } });
  t.equal(long.requests, 1);
  t.match(long.error, { message: /takes no more requests now \(429\), for another 3600 s/ });
});

t.test('when five attempts failed, nothing is asked for a minute, then once', async (t) => {
  server.on('/x', broken);
  const { tmdb } = client();
  const count = () => server.requests.length;
  let before = count();
  await t.rejects(tmdb.get(question), { message: /503/ });
  t.equal(count() - before, 5);
  before = count();
  await t.rejects(tmdb.get(question), { message: /is not asked for \/3\/x: it failed 5 times/ });
  turn(59_000);
  await t.rejects(tmdb.get(question), { message: /is not asked/ });
  t.equal(count() - before, 0, 'open');
  turn(1_000);
  await t.rejects(tmdb.get(question), { message: /is not asked/ });
  t.equal(count() - before, 1, 'half open: one attempt, which failed');
  turn(60_000);
  server.on('/x', fine);
  t.strictSame(await tmdb.get(question), { ok: true });
  server.on('/y', { status: 404 }, { status: 404 }, { status: 404 }, { status: 404 }, broken, fine);
  for (let time = 0; time < 4; time += 1) await t.rejects(tmdb.get({ ...question, path: '/y' }));
  t.ok(await tmdb.get({ ...question, path: '/y' }), 'closed again; a refusal is no failure');
});

t.test('when it is aborted, in a request or a pause, it rejects at once', async (t) => {
  const reason = new Error('enough');
  const abort = new AbortController();
  server.on('/x', { hang: () => abort.abort(reason) });
  await t.rejects(client().tmdb.get(question, { signal: abort.signal }), reason);
  const pause = new AbortController();
  server.on('/x', broken);
  const { tmdb } = client({}, { onRetry: () => pause.abort(reason) });
  await t.rejects(tmdb.get(question, { signal: pause.signal }), reason);
  const asked = client().tmdb.get(question, { signal: AbortSignal.abort(reason) });
  await t.rejects(asked, reason);
});

t.test('when the key is missing or odd, it is not sent; both kinds are known', async (t) => {
  const before = server.requests.length;
  await t.rejects(client({}, { key: undefined }).tmdb.get(question), {
    message: /no key was given/,
  });
  const odd = client({}, { key: `${key}\nx` }).tmdb.get(question);
  await t.rejects(odd, { code: 'CPW_INVALID_OPTIONS', message: /the key is none/ });
  t.equal(server.requests.length, before);
  server.on('/x', fine);
  await client({}, { key: 'a.b.c' }).tmdb.get(question);
  t.match(server.requests.at(-1), { url: '/3/x?q=a+b', authorization: 'Bearer a.b.c' });
  await client().tmdb.get(question);
  t.match(server.requests.at(-1), { url: `/3/x?q=a+b&api_key=${key}`, authorization: undefined });
});

t.test('when a proxy is given, it is used', async (t) => {
  await using proxy = await startProxy();
  server.on('/x', fine);
  const { tmdb } = client({}, { proxies: { httpProxy: proxy.url } });
  t.strictSame(await tmdb.get(question), { ok: true });
  t.strictSame(proxy.tunnels, [new URL(server.endpoint).host]);
  await tmdb.close();
});

t.test('when an answer is kept, it is taken for as long as it is young', async (t) => {
  server.on('/x', fine, { body: { ok: false } }, broken);
  const first = client();
  await first.tmdb.get(question);
  const files = readdirSync(first.cacheDir);
  t.equal(files.length, 1);
  t.notMatch(readFileSync(path.join(first.cacheDir, files[0] ?? ''), 'utf8'), key);
  const { cacheDir } = first;
  const before = server.requests.length;
  const again = client({}, { cacheDir, key: undefined });
  t.strictSame(await again.tmdb.get(question), { ok: true }, 'without a key too');
  t.equal(server.requests.length, before);
  await t.rejects(again.tmdb.get({ ...question, query: { q: 'other' } }), { message: /no key/ });
  turn(31 * 86_400_000);
  t.strictSame(await client({}, { cacheDir }).tmdb.get(question), { ok: false }, 'too old');
  turn(31 * 86_400_000);
  const old: string[] = [];
  const onOld = (text: string): void => void old.push(text);
  t.strictSame(await client({}, { cacheDir }).tmdb.get(question, { onOld }), { ok: false });
  t.match(old, [/TMDB answers 503.*Taken: an answer of 31 days ago/]);
  const offline = client({}, { cacheDir, offline: true });
  t.strictSame(await offline.tmdb.get(question, { onOld }), { ok: false });
  t.match(old[1], /the network is off/);
});

t.test('when the cache is damaged or cannot be written, the network answers', async (t) => {
  server.on('/x', fine);
  const { tmdb, cacheDir } = client();
  await tmdb.get(question);
  const file = path.join(cacheDir, readdirSync(cacheDir)[0] ?? '');
  for (const text of [
    '',
    '{',
    '{"version":2}',
    readFileSync(file, 'utf8').replace('true', '"x"'),
  ]) {
    writeFileSync(file, text);
    t.strictSame(await client({}, { cacheDir }).tmdb.get(question), { ok: true });
  }
  mkdirSync(path.join(root, 'no'));
  writeFileSync(path.join(root, 'no/folder'), '');
  const blocked = client({}, { cacheDir: path.join(root, 'no/folder') });
  t.strictSame(await blocked.tmdb.get(question), { ok: true });
  const never = client({ cacheDays: 0 });
  await never.tmdb.get(question);
  t.throws(() => readdirSync(never.cacheDir), 'nothing is kept');
});

t.test('when a film is known, its names come in the languages that have them', async (t) => {
  const found = { id: 1726, title: 'Iron Man', release_date: '2008-04-30' };
  server.on('/search/movie', { body: { results: [{ id: 5, title: 'Iron Men' }, found] } });
  server.on('/movie/1726/credits', { body: { cast, crew } });
  server.on('/movie/1726/credits?hi', { body: { cast: hindi, crew: [] } });
  server.on('/movie/1726/credits?es', { status: 404 });
  const { tmdb, parsed } = client({ title: 'iron man', year: 2008 });
  const languages = ['en', 'hi', 'es'];
  const { film, names, warnings } = await findFilmNames(tmdb, parsed, { languages });
  t.equal(film, 'movie/1726');
  t.strictSame(
    names.map(({ forms }) => Object.fromEntries(forms)),
    [
      { en: ['Tony Stark'], hi: ['टोनी स्टार्क'] },
      { en: ['Iron Man'], hi: ['आयरन मैन'] },
      { en: ['Pepper Potts'] },
      { en: ['Robert Downey Jr.'], hi: ['रॉबर्ट डाउनी जूनियर'] },
      { en: ['Gwyneth Paltrow'] },
      { en: ['Stan Lee'] },
      { en: ['Jon Favreau'] },
    ],
  );
  t.match(warnings, [/has no \/3\/movie\/1726\/credits/], 'one language less, and that is said');
  await findFilmNames(tmdb, parsed, { languages: ['zh_Hant', 'pt-BR'] });
  t.match(server.requests.slice(-2), [{ url: /language=zh-TW/ }, { url: /language=pt-BR/ }]);
  const few = client({ id: 1726, mostNames: 2 });
  t.equal((await findFilmNames(few.tmdb, few.parsed, { languages: [] })).names.length, 2);
});

t.test('when a series is asked for, its roles are read', async (t) => {
  server.on('/tv/9/aggregate_credits', {
    body: {
      cast: [{ id: 1, name: 'A', roles: [{ character: 'B' }, { character: 'C' }] }],
      crew: [],
    },
  });
  const { tmdb, parsed } = client({ id: 9, kind: 'tv' });
  const { names } = await findFilmNames(tmdb, parsed, { languages: [] });
  t.strictSame(
    names.map(({ forms }) => forms.get('en')?.[0]),
    ['B', 'C', 'A'],
  );
});

t.test('when nothing can be had, the job goes on with a warning', async (t) => {
  const namesOf = async (options: TmdbOptions, access: Partial<TmdbAccess> = {}) => {
    const { tmdb, parsed } = client(options, access);
    return findFilmNames(tmdb, parsed, { languages: ['hi'] });
  };
  server.on('/search/movie', { body: { results: [] } });
  const unknown = await namesOf({ title: 'No such film', year: 1999 });
  t.match(unknown, { names: [], warnings: [/knows no movie called "No such film" \(1999\)/] });
  t.match(await namesOf({ title: 'x' }, { key: undefined }), { warnings: [/no key was given/] });
  t.match(await namesOf({}), { warnings: [/needs a title or an id/] });
  server.on('/search/movie', broken);
  t.match(await namesOf({ title: 'x' }), { names: [], warnings: [/TMDB answers 503/] });
  const several = [1, 2].map((id) => ({ id, title: 'The Fog', release_date: '1980-01-01' }));
  server.on('/search/movie', { body: { results: several } });
  server.on('/movie/1/credits', { body: { cast, crew } });
  const chosen = await namesOf({ title: 'Fog, The' });
  t.match(
    chosen.warnings[0],
    /has 2 for "Fog, The"\. Taken: "The Fog" \(1980\), movie 1\. Another/,
  );
  t.ok(chosen.names.length > 0);
  const reason = new Error('enough');
  const { tmdb, parsed } = client({ id: 77 });
  const signal = AbortSignal.abort(reason);
  await t.rejects(findFilmNames(tmdb, parsed, { languages: [], signal }), reason);
});
