import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startHub, type HubServer } from '../helpers/hub-server.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';
import { wavOf } from '../helpers/media.js';
import { runCli, startCli } from './run-cli.js';

// The one recognition model whose files the hub is asked for: a made-up one can stand in for it.
const NAME = 'distil-large-v2';
const COMMIT = 'fe9b404fc56de3f7c38606ef9ba6fd83526d05e4';
const FOLDER = `/Systran/faster-distil-whisper-large-v2/resolve/${COMMIT}`;
const TREE = `/api/models/Systran/faster-distil-whisper-large-v2/tree/${COMMIT}`;
const SILERO =
  '/ggml-org/whisper-vad/resolve/9ffd54a1e1ee413ddf265af9913beaf518d1639b/ggml-silero-v6.2.0.bin';

interface Place {
  readonly hub: HubServer;
  readonly store: string;
  readonly run: (
    args: readonly string[],
    env?: Record<string, string>,
  ) => ReturnType<typeof runCli>;
  readonly start: (args: readonly string[]) => ReturnType<typeof startCli>;
}

/** A hub with the made-up model and the real detector, and an empty store. */
async function makePlace(t: Test, hub: HubServer): Promise<Place> {
  const tiny = await writeTinyWhisper(join(t.testdir(), 'source'), { state: 64, heads: 1 });
  const names = await readdir(tiny);
  const list = [];
  for (const path of names) {
    const bytes = await readFile(join(tiny, path));
    hub.serve(`${FOLDER}/${path}`, bytes, { linked: path === 'model.bin' });
    list.push({ type: 'file', path, size: bytes.length });
  }
  hub.serve(TREE, JSON.stringify(list));
  const silero = new URL('../data/models/silero-v6.2.0-ggml.bin', import.meta.url);
  hub.serve(SILERO, await readFile(silero));
  const store = join(t.testdirName, 'store');
  const env = { HF_ENDPOINT: hub.url, CPW_MODELS_DIR: store, NO_PROXY: '*', HF_TOKEN: '' };
  const run: Place['run'] = (args, more) => runCli(args, { env: { ...env, ...more } });
  return { hub, store, run, start: (args) => startCli(args, { env }) };
}

t.test('when models are asked for wrongly, the message says what to do', async (t) => {
  await using hub = await startHub();
  const { run } = await makePlace(t, hub);
  const table: [string[], number, RegExp][] = [
    [['models', 'pull'], 2, /<name\.\.> is missing/],
    [['models', 'pull', 'smal', 'base'], 3, /'smal' \(did you mean small\?\)/],
    [['models', 'pull', 'base', '--offline'], 2, /--offline forbids \(base\).*models import/s],
    [['models', 'pull', 'base', '--format', 'gguf'], 2, /--format: "gguf" cannot be taken/],
    [['models', 'pull', 'silero-vad', '--format', 'ctranslate2'], 3, /--format ggml/],
    [['models', 'pull', 'silero-vad', '--format', 'ctranslate2-int8'], 2, /speech-detector/],
    [['models', 'pull', 'base', '--endpoint', 'ftp://x'], 2, /--endpoint: is no address of a hub/],
    [
      ['models', 'pull', 'tiny'],
      3,
      /tiny\/resolve\/[0-9a-f]{40}\/config\.json is refused with 404/,
    ],
    [['models', 'import', 'no such'], 2, /Cannot open '.*no such'.*does not exist/],
    [['models', 'verify', 'base'], 3, /No model 'base' is installed in .* \(none is\)/],
    [['models', 'remove', 'base'], 3, /No model 'base' is installed/],
    [['models', 'remove', '..'], 3, /No model '\.\.' is installed/],
    [['models', 'remove'], 2, /<name> is missing/],
  ];
  for (const [args, status, message] of table) {
    t.match(await run(args), { status, stdout: '', stderr: message }, args.join(' '));
  }
  const secret = await run(['models', 'pull', 'base'], { HF_TOKEN: 'hf_very secret' });
  t.match(secret, { status: 2, stderr: /token: holds characters that no token has/ });
  t.notMatch(secret.stderr, /hf_very/);
});

t.test(
  'when a model is missing, transcribe fetches it, says so, and never does offline',
  async (t) => {
    await using hub = await startHub();
    const { run, store } = await makePlace(t, hub);
    // Silence: the model is loaded, and its nonsense is not waited for.
    const silence = join(t.testdirName, 'silence.wav');
    await writeFile(silence, wavOf(new Int16Array(16_000)));
    const transcribe = ['transcribe', silence, '--model', NAME];
    const offline = await run([...transcribe, '--offline']);
    t.match(offline, {
      status: 3,
      stdout: '',
      stderr: /Next step: cpw-native models pull distil-/,
    });
    const never = await run([...transcribe, '--download', 'never']);
    t.match(never, { status: 3, stderr: /CPW_MODEL_NOT_FOUND/ });
    t.same(hub.requests, [], 'the network was not touched');
    const first = await run(transcribe);
    t.equal(first.status, 0, first.stderr);
    t.match(
      first.stderr,
      /model distil-large-v2 is not installed: fetching ctranslate2 \(.* MiB\) from http:\/\/127.*; --offline forbids this/,
    );
    t.match(first.stderr, /making the ctranslate2-int8 form/);
    t.match(first.stderr, /model silero-vad is not installed: fetching ggml/);
    const asked = hub.requests.length;
    const second = await run([...transcribe, '--offline']);
    t.match(second, { status: 0, stderr: /int8 weights for int8_float32/ });
    const whisper = await run([...transcribe, '--offline', '--engine', 'whisper', '--json']);
    t.match(whisper, { status: 0, stderr: '' }, 'one download serves both engines');
    t.equal(hub.requests.length, asked);
    const list = await run(['models', 'list', '--json']);
    t.match(JSON.parse(list.stdout), {
      root: store,
      models: [{ name: NAME, formats: [{}, {}, {}] }, { name: 'silero-vad' }],
    });
    t.match(await run(['models', 'verify']), { status: 0, stdout: /silero-vad +ggml +ok/ });
    const removed = await run(['models', 'remove', NAME, '--format', 'ggml', '--json']);
    t.match(JSON.parse(removed.stdout), { name: NAME, format: 'ggml', bytes: Number });
    t.match(await run(['models', 'remove', NAME, '--format', 'ggml']), { status: 3 });
    t.match(await run(['models', 'path', NAME]), { stdout: `${store}/${NAME}/ctranslate2-int8\n` });
  },
);

t.test(
  'when a pull is interrupted, the next one goes on; programs get lines of JSON',
  async (t) => {
    await using hub = await startHub();
    const { run, start, store } = await makePlace(t, hub);
    hub.next(`${FOLDER}/model.bin`, { stallAfter: 500_000 });
    const pull = ['models', 'pull', NAME, '--format', 'ctranslate2', '--json'];
    const part = join(store, '.partial', `${NAME}.ctranslate2`, 'model.bin.part');
    const running = start(pull);
    while ((await stat(part).catch(() => ({ size: 0 }))).size === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    running.child.kill('SIGINT');
    t.match(await running.result, { status: 130, stdout: '' });
    t.same(
      (await readdir(store)).filter((name) => name !== '.partial'),
      [],
      'no half model',
    );
    const again = await run(pull);
    t.equal(again.status, 0, again.stderr);
    t.match(JSON.parse(again.stdout), {
      name: NAME,
      format: 'ctranslate2',
      isNew: true,
      path: String,
    });
    t.match(hub.requests.at(-1)?.headers.range ?? hub.requests.at(-3)?.headers.range, /^bytes=/);
    const there = await run(pull);
    t.match(JSON.parse(there.stdout), { isNew: false });
    const available = await run(['models', 'list', '--available', '--json']);
    t.match(JSON.parse(available.stdout), {
      available: [{ name: 'tiny.en', forms: [{ hashesKnown: true, bytes: 78_090_594 }, {}] }],
    });
    const text = await run(['models', 'list', '--available']);
    t.match(text.stdout, /nllb-200-distilled-600M +translator +CC-BY-NC-4\.0/);
    t.match(
      text.stdout,
      /distil-large-v2 .*size unknown, hashes by the hub.*installed: ctranslate2/,
    );
  },
);
