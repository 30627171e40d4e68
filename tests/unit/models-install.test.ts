import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ensureModel, ensureSpeechDetector } from '../../src/models/ensure-model.js';
import type { DownloadEvent } from '../../src/models/download-event.js';
import { fetchForm } from '../../src/models/fetch-form.js';
import { planFetch } from '../../src/models/fetch-plan.js';
import { findInstalled, findModels } from '../../src/models/find-name.js';
import { openHub } from '../../src/models/hub-client.js';
import { filesOf } from '../../src/models/hub-files.js';
import { importModel } from '../../src/models/import-model.js';
import { installedModels, modelPath } from '../../src/models/layout.js';
import { makeForm } from '../../src/models/make-form.js';
import { readRecord, formFolder } from '../../src/models/model-record.js';
import { registry, type RegistryEntry } from '../../src/models/registry.js';
import { removeModel } from '../../src/models/remove-model.js';
import { resolveModel } from '../../src/models/store.js';
import { verifyModel } from '../../src/models/verify-model.js';
import { hubOptionsSchema } from '../../src/options/download.js';
import { startHub, type HubServer } from '../helpers/hub-server.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';

const auto = { engine: 'auto', computeType: 'auto', device: 'cpu' } as const;
const silero = new URL('../data/models/silero-v6.2.0-ggml.bin', import.meta.url);

/** Serves a made-up model in both forms; its entry is in no registry. */
async function serveMini(t: Test, hub: HubServer): Promise<RegistryEntry> {
  const tiny = await writeTinyWhisper(join(t.testdir(), 'source'));
  const names = (await readdir(tiny)).toSorted();
  for (const name of names) {
    const linked = name === 'model.bin';
    hub.serve(`/me/mini/resolve/v1/${name}`, await readFile(join(tiny, name)), { linked });
  }
  hub.serve('/me/ggml/resolve/v1/any.bin', 'lmgg, but nothing else');
  const files = names.map((path) => ({ path }));
  return {
    name: 'mini',
    role: 'recognizer',
    multilingual: true,
    licence: 'MIT',
    sources: {
      ctranslate2: { repository: 'me/mini', revision: 'v1', files },
      ggml: { repository: 'me/ggml', revision: 'v1', files: [{ path: 'any.bin' }] },
    },
  };
}

const installOf = (root: string, hub: HubServer) => ({
  root,
  hub: hubOptionsSchema.parse({ endpoint: hub.url }),
});

void t.test('when a wish meets a store, the plan fetches and makes only what is missing', (t) => {
  const both = ['ctranslate2', 'ggml'] as const;
  const fetchFolder = { step: 'fetch', format: 'ctranslate2' };
  const fetchGgml = { step: 'fetch', format: 'ggml' };
  const makeInt8 = { step: 'make', format: 'ctranslate2-int8' };
  const makeGgml = { step: 'make', format: 'ggml' };
  const table = [
    // wish, installed, published, plan
    [{}, [], both, [fetchFolder, makeInt8]],
    [{ computeType: 'int8' }, [], both, [fetchFolder, makeInt8]],
    [{ computeType: 'float32' }, [], both, [fetchFolder]],
    [{ device: 'cuda' }, [], both, [fetchFolder]],
    [{ device: 'metal' }, [], both, [fetchGgml]],
    [{ device: 'metal' }, ['ctranslate2'], both, [makeGgml]],
    [{ computeType: 'q5_0' }, [], both, [fetchGgml]],
    [{ engine: 'whisper' }, [], both, [fetchGgml]],
    [{ engine: 'whisper' }, ['ctranslate2'], both, [makeGgml]],
    [{ engine: 'whisper' }, ['ctranslate2-int8'], both, [fetchGgml]],
    [{ engine: 'whisper' }, ['ggml'], both, []],
    [{ engine: 'whisper' }, [], ['ctranslate2'], [fetchFolder, makeGgml]],
    [{ engine: 'ctranslate2' }, ['ggml'], both, [fetchFolder, makeInt8]],
    [{ engine: 'ctranslate2' }, ['ctranslate2-int8'], both, []],
    [{ engine: 'ctranslate2' }, [], ['ggml'], []],
    [{}, ['ggml'], both, []],
    [{}, ['ctranslate2'], both, []],
    [{}, [], ['ggml'], [fetchGgml]],
    [{ engine: 'whisper' }, [], [], []],
  ] as const;
  for (const [wish, installed, published, plan] of table) {
    const title = `${JSON.stringify(wish)} with [${installed}] of [${published}]`;
    t.same(planFetch({ ...auto, ...wish }, { installed, published }), plan, title);
  }
  t.end();
});

void t.test('when the registry is read, every entry can be asked for', (t) => {
  for (const { name, sources } of registry) {
    for (const { repository, revision, files } of Object.values(sources)) {
      t.match(repository, /^[\w-]+\/[\w.-]+$/, name);
      t.match(revision, /^([0-9a-f]{40}|main)$/, name);
      for (const { path, bytes, sha256 } of files ?? []) {
        t.match(path, /^[\w.-]+$/);
        t.ok(bytes === undefined || (Number.isSafeInteger(bytes) && bytes > 0));
        t.match(sha256 ?? '0'.repeat(64), /^[0-9a-f]{64}$/, `${name} ${path}`);
      }
    }
  }
  const whisper = registry.filter(({ role }) => role === 'recognizer');
  t.ok(whisper.every(({ sources }) => sources.ggml?.files?.[0]?.sha256 !== undefined));
  t.ok(whisper.every(({ sources }) => sources.ctranslate2 !== undefined));
  t.end();
});

void t.test('when names are unknown, all of them are named with what was meant', async (t) => {
  const code = 'CPW_MODEL_NOT_FOUND';
  t.throws(() => findModels(['base', 'smal', 'zzz']), {
    code,
    message: /'smal' \(did you mean small\?\), 'zzz'\. Next step: .*--available/,
  });
  t.same(
    findModels(['turbo', 'large-v3-turbo', 'base']).map(({ name }) => name),
    ['large-v3-turbo', 'base'],
  );
  await t.rejects(findInstalled(t.testdir(), 'base'), { code, message: /\(none is\)/ });
});

void t.test(
  'when a model is fetched, both engines have it, and its hashes are recorded',
  async (t) => {
    await using hub = await startHub();
    const entry = await serveMini(t, hub);
    const root = join(t.testdirName, 'store');
    const events: DownloadEvent[] = [];
    const onDownload = (event: DownloadEvent): void => void events.push(event);
    const options = { ...installOf(root, hub), onDownload };
    // Two at once: one fetches, the other waits and finds it there.
    const pulls = [1, 2].map(() => fetchForm(entry, 'ctranslate2', options));
    const forms = await Promise.all(pulls);
    t.equal(forms.filter(({ isNew }) => isNew).length, 1);
    t.equal(hub.requests.length, 4, 'each file was asked for once');
    const types = new Set(events.map(({ type }) => type));
    t.same([...types].toSorted(), ['fetching', 'installed', 'progress', 'waiting']);
    await makeForm('mini', 'ctranslate2-int8', options);
    await makeForm('mini', 'ggml', options);
    const asked = hub.requests.length;
    t.same(
      await ensureModel('mini', { ...auto, engine: 'whisper' }, { ...options, download: 'never' }),
      [],
    );
    t.match(await resolveModel('mini', { ...auto, root }), { format: 'ctranslate2-int8' });
    t.match(await resolveModel('mini', { ...auto, root, engine: 'whisper' }), { format: 'ggml' });
    t.equal(hub.requests.length, asked, 'what is made and found needs no network');
    const record = await readRecord(formFolder(root, 'mini', 'ctranslate2'));
    const file = {
      path: 'model.bin',
      verifiedBy: 'hub',
      url: /^http:\/\/127.*\/me\/mini\/resolve/,
    };
    t.match(record, { model: 'mini', installedBy: /^cpw-native \d/, origin: 'fetched' });
    t.match(
      record?.files.find(({ path }) => path === 'model.bin'),
      file,
    );
    t.same(await readdir(join(root, '.partial')), [], 'nothing is left over');
    await t.test('when files rot, verify names them and the command that mends them', async (t) => {
      const mini = await findInstalled(root, 'mini');
      const states = async () => {
        const reports = await verifyModel(mini, { root });
        return reports.map(({ format, state }) => `${format} ${state}`);
      };
      t.same(await states(), ['ctranslate2-int8 ok', 'ctranslate2 ok', 'ggml ok']);
      const folder = modelPath(root, 'mini', 'ctranslate2');
      const bytes = await readFile(join(folder, 'model.bin'));
      bytes[9999] = (bytes[9999] ?? 0) ^ 1;
      await writeFile(join(folder, 'model.bin'), bytes);
      await writeFile(join(folder, 'config.json'), '{}');
      await writeFile(join(formFolder(root, 'mini', 'ggml'), 'files.json'), '{"version":9}');
      t.same(await states(), ['ctranslate2-int8 ok', 'ctranslate2 damaged', 'ggml unrecorded']);
      const [, damaged] = await verifyModel(mini, { root });
      t.match(damaged?.problems, [
        /config\.json has 2 bytes instead of/,
        /model\.bin has the hash/,
      ]);
      t.match(damaged?.mend, /models import <path> --name "mini" --overwrite/);
      const again = await fetchForm(entry, 'ctranslate2', { ...options, overwrite: true });
      t.equal(again.isNew, true);
      t.same((await states())[1], 'ctranslate2 ok', 'fetching it again mends it');
    });
  },
);

void t.test('when what the hub sends is no such model, nothing is installed', async (t) => {
  await using hub = await startHub();
  const entry = await serveMini(t, hub);
  const root = join(t.testdirName, 'store');
  const code = 'CPW_MODEL_INCOMPATIBLE';
  await t.rejects(fetchForm(entry, 'ggml', installOf(root, hub)), { code });
  t.same(await installedModels(root), []);
  t.same(await readdir(join(root, '.partial')), []);
  const { ggml: _, ...sources } = entry.sources;
  const folderOnly = { ...entry, sources };
  await t.rejects(fetchForm(folderOnly, 'ggml', installOf(root, hub)), {
    code: 'CPW_MODEL_NOT_FOUND',
    message: /not published as ggml.*--format ctranslate2/,
  });
});

void t.test('when downloads are off, no server hears of it', async (t) => {
  await using hub = await startHub();
  const root = t.testdir();
  const options = { root, hub: { endpoint: hub.url }, download: 'never' } as const;
  t.same(await ensureModel('base', auto, options), []);
  await ensureSpeechDetector(options);
  for (const name of ['./base', 'my own', 'silero-vad', 'opus-mt-en-de', 'a/b', '..']) {
    t.same(await ensureModel(name, auto, { ...options, download: 'auto' }), [], name);
  }
  t.same(hub.requests, []);
});

void t.test('when the detector is missing, it is fetched and matches its known hash', async (t) => {
  await using hub = await startHub();
  const [entry] = findModels(['silero-vad']);
  const { repository, revision, files } = entry?.sources.ggml ?? {};
  const path = `/${repository}/resolve/${revision}/${files?.[0]?.path}`;
  hub.serve(path, await readFile(silero));
  const root = t.testdir({ 'silero-vad': { 'source.safetensors': 'stays' } });
  await ensureSpeechDetector({ root, hub: { endpoint: hub.url }, download: 'auto' });
  await ensureSpeechDetector({ root, hub: { endpoint: hub.url }, download: 'auto' });
  t.equal(hub.requests.length, 1);
  const folder = (await readdir(join(root, 'silero-vad'))).toSorted();
  t.same(folder, ['files.json', 'ggml-silero-vad.bin', 'source.safetensors']);
  const model = await findInstalled(root, 'silero-vad');
  t.match(await verifyModel(model, { root }), [{ state: 'ok' }]);
  t.match(await removeModel(model, { root }), [{ format: 'ggml', bytes: 885_098 }]);
  t.same(await readdir(join(root, 'silero-vad')), ['source.safetensors']);
});

void t.test('when a model of the user is imported, its contents decide what it is', async (t) => {
  const root = join(t.testdir({ 'x.bin': 'no model', 'notes.txt': 'mine' }), 'store');
  const code = 'CPW_INVALID_OPTIONS';
  const incompatible = { code: 'CPW_MODEL_INCOMPATIBLE' };
  await t.rejects(importModel(join(t.testdirName, 'x.bin'), { root }), incompatible);
  const missing = { code: 'CPW_FILE_NOT_FOUND' };
  await t.rejects(importModel(join(t.testdirName, 'none'), { root }), missing);
  const folder = await writeTinyWhisper(join(t.testdirName, 'größe 2'));
  await writeFile(join(folder, 'README.md'), 'stays where it is');
  const named = importModel(folder, { root, name: '../evil' });
  await t.rejects(named, { code, message: /is no name for a model/ });
  await t.rejects(importModel(folder, { root, name: 'silero-vad' }), { code });
  await t.rejects(importModel(silero.pathname, { root, name: 'base' }), {
    code,
    message: /cannot be called 'base'.*leave --name out/,
  });
  t.match(await importModel(folder, { root }), { name: 'größe 2', format: 'ctranslate2' });
  await t.rejects(importModel(folder, { root }), { code, message: /--overwrite/ });
  t.match(await importModel(folder, { root, overwrite: true }), { name: 'größe 2' });
  t.match(await importModel(folder, { root, name: 'large' }), { name: 'large-v3' });
  t.match(await importModel(silero.pathname, { root }), { name: 'silero-vad', format: 'ggml' });
  const files = (await readdir(modelPath(root, 'größe 2', 'ctranslate2'))).toSorted();
  const expected = ['config.json', 'files.json', 'model.bin', 'tokenizer.json', 'vocabulary.json'];
  t.same(files, expected);
  const aborted = { root, name: 'b', signal: AbortSignal.abort(new Error('enough')) };
  await t.rejects(importModel(folder, aborted), { message: 'enough' });
  t.same(await readdir(join(root, '.partial')), []);
  await t.test('when a model is removed, what the store did not make stays', async (t) => {
    const model = await findInstalled(root, 'größe 2');
    await writeFile(join(root, 'größe 2', 'notes.txt'), 'mine');
    t.match(await removeModel(model, { root, formats: ['ggml'] }), []);
    t.match(await removeModel(model, { root }), [{ format: 'ctranslate2' }]);
    t.same(await readdir(join(root, 'größe 2')), ['notes.txt']);
    await mkdir(join(root, 'linked'));
    await symlink(folder, join(root, 'linked', 'ctranslate2'));
    await removeModel(await findInstalled(root, 'linked'), { root });
    t.ok((await readdir(folder)).includes('model.bin'), 'a link goes, its target stays');
    t.notOk((await readdir(root)).includes('linked'));
  });
});

void t.test("when the hub has to be asked for the files, only a model's are taken", async (t) => {
  await using hub = await startHub();
  const client = await openHub(hubOptionsSchema.parse({ endpoint: hub.url }));
  const source = { repository: 'me/mt', revision: 'main' };
  const file = (path: string, more = {}) => ({ type: 'file', path, size: 3, ...more });
  const list = [
    file('model.bin', { lfs: { oid: 'a'.repeat(64) } }),
    file('config.json'),
    file('source.spm'),
    file('shared_vocabulary.json'),
    file('README.md'),
    file('../../evil.json'),
    file('sub/model.bin'),
    { type: 'directory', path: 'sub' },
  ];
  hub.serve('/api/models/me/mt/tree/main', JSON.stringify(list));
  const files = await filesOf(client, source, {});
  t.same(files, [
    { path: 'model.bin', bytes: 3, sha256: 'a'.repeat(64) },
    ...['config.json', 'source.spm', 'shared_vocabulary.json'].map((path) => ({ path, bytes: 3 })),
  ]);
  for (const text of ['[]', 'not json', '{"a":1}', JSON.stringify([file('config.json')])]) {
    hub.serve('/api/models/me/mt/tree/main', text);
    const code = 'CPW_MODEL_NOT_FOUND';
    await t.rejects(filesOf(client, source, {}), { code, message: /lists no model\.bin/ });
  }
  await client.close();
});
