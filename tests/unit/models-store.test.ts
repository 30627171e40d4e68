import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { CpwError } from '../../src/errors.js';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { checkDiskSpace } from '../../src/models/disk-space.js';
import { withRetries } from '../../src/models/download-retry.js';
import { isModelName } from '../../src/models/layout.js';
import { findModel, registry } from '../../src/models/registry.js';
import { withLock } from '../../src/models/store-lock.js';
import {
  installedModels,
  modelPath,
  modelsRoot,
  resolveModel,
  resolveSpeechDetector,
} from '../../src/models/store.js';
import { sileroSafeTensors } from '../helpers/silero.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';

const auto = { engine: 'auto', computeType: 'auto', device: 'cpu' } as const;
const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };

/** A store with `base` in all forms, `only-float` as float16, `only-ggml`, and the detector. */
async function makeStore(t: Test): Promise<string> {
  const root = t.testdir();
  const float = await writeTinyWhisper(modelPath(root, 'base', 'ctranslate2'));
  const int8 = modelPath(root, 'base', 'ctranslate2-int8');
  await convertModel({ input: float, output: int8, to: 'ctranslate2-int8' });
  for (const name of ['base', 'only-ggml']) {
    await convertModel({ input: float, output: modelPath(root, name, 'ggml'), to: 'ggml-f16' });
  }
  await writeTinyWhisper(modelPath(root, 'only-float', 'ctranslate2'), small);
  const silero = join(root, 'silero.safetensors');
  await writeFile(silero, await sileroSafeTensors());
  const detector = modelPath(root, 'silero-vad', 'ggml');
  await convertModel({ input: silero, output: detector, to: 'ggml-silero' });
  return root;
}

void t.test('when a model is chosen from the store', async (t) => {
  const root = await makeStore(t);
  const table = [
    // name, wish, engine, format, compute type
    ['base', {}, 'ctranslate2', 'ctranslate2-int8', 'int8_float32'],
    ['base', { computeType: 'int8' }, 'ctranslate2', 'ctranslate2-int8', 'int8_float32'],
    ['base', { computeType: 'float32' }, 'ctranslate2', 'ctranslate2', 'float32'],
    ['base', { computeType: 'f16' }, 'ctranslate2', 'ctranslate2', 'float16'],
    ['base', { device: 'cuda' }, 'ctranslate2', 'ctranslate2', 'float16'],
    ['base', { device: 'cuda', computeType: 'int8' }, 'ctranslate2', 'ctranslate2', 'int8'],
    ['base', { device: 'metal' }, 'whisper', 'ggml', 'f16'],
    ['base', { engine: 'whisper' }, 'whisper', 'ggml', 'f16'],
    ['base', { engine: 'whisper', computeType: 'float16' }, 'whisper', 'ggml', 'f16'],
    ['only-ggml', {}, 'whisper', 'ggml', 'f16'],
    ['only-float', {}, 'ctranslate2', 'ctranslate2', 'int8_float32'],
  ] as const;
  for (const [name, wish, engine, format, computeType] of table) {
    const found = await resolveModel(name, { ...auto, ...wish, root });
    const title = `${name} ${JSON.stringify(wish)}: ${found.reason}`;
    t.match(
      found,
      { name, engine, format, computeType, path: modelPath(root, name, format) },
      title,
    );
  }
  const slow = await resolveModel('only-float', { ...auto, root });
  t.match(slow.reason, /slower to load/);
  await t.test('when the wish cannot be met, the error says what can', async (t) => {
    const metal = { ...auto, root, device: 'metal' } as const;
    const code = 'CPW_UNSUPPORTED_DEVICE';
    await t.rejects(resolveModel('only-float', metal), { code, message: /--to ggml-f16/ });
    await t.rejects(resolveModel('base', { ...metal, engine: 'ctranslate2' }), { code });
    const ggml = { ...auto, root, engine: 'whisper' } as const;
    const missing = { code: 'CPW_MODEL_NOT_FOUND', message: /convert.*--to ggml-f16/ };
    await t.rejects(resolveModel('only-float', ggml), missing);
    const q5 = { code: 'CPW_INVALID_OPTIONS', message: /holds f16, not q5_0/ };
    await t.rejects(resolveModel('base', { ...auto, root, computeType: 'q5_0' }), q5);
  });
  await t.test('when the store is listed, every form stands there with its size', async (t) => {
    const models = await installedModels(root);
    t.same(
      models.map(({ name, role, formats }) => [name, role, formats.map(({ format }) => format)]),
      [
        ['base', 'recognizer', ['ctranslate2-int8', 'ctranslate2', 'ggml']],
        ['only-float', 'recognizer', ['ctranslate2']],
        ['only-ggml', 'recognizer', ['ggml']],
        ['silero-vad', 'speech-detector', ['ggml']],
      ],
    );
    t.ok(models.every(({ formats }) => formats.every(({ bytes }) => bytes > 1000)));
    t.same(await installedModels(join(root, 'nowhere')), []);
  });
  await t.test('when the detector is asked for, its file is found', async (t) => {
    t.equal(await resolveSpeechDetector(root), modelPath(root, 'silero-vad', 'ggml'));
    const code = 'CPW_MODEL_INCOMPATIBLE';
    const asModel = resolveModel('silero-vad', { ...auto, root });
    await t.rejects(asModel, { code, message: /finds speech and does not transcribe/ });
    const whisper = modelPath(root, 'base', 'ggml');
    await t.rejects(resolveSpeechDetector(root, whisper), { code, message: /no speech detector/ });
    const byPath = resolveModel(modelPath(root, 'silero-vad', 'ggml'), auto);
    await t.rejects(byPath, { code, message: /ggml-silero/ });
    const empty = resolveSpeechDetector(join(root, 'nowhere'));
    await t.rejects(empty, { code: 'CPW_MODEL_NOT_FOUND', message: /models pull silero-vad/ });
  });
  await t.test('when a path is given, its contents decide', async (t) => {
    const cases = [
      [modelPath(root, 'base', 'ggml'), 'whisper', 'ggml', 'ggml-base'],
      [modelPath(root, 'base', 'ctranslate2'), 'ctranslate2', 'ctranslate2', 'ctranslate2'],
      [modelPath(root, 'base', 'ctranslate2-int8'), 'ctranslate2', 'ctranslate2-int8', undefined],
    ] as const;
    for (const [path, engine, format, name] of cases) {
      t.match(await resolveModel(path, auto), { path, engine, format, ...(name && { name }) });
    }
  });
});

void t.test('when a model is not there, the error lists what is and the next step', async (t) => {
  const root = t.testdir();
  await writeTinyWhisper(modelPath(root, 'tiny.en', 'ctranslate2'), small);
  const code = 'CPW_MODEL_NOT_FOUND';
  for (const [name, step] of [
    ['base', /models pull base/],
    ['large', /models pull large/],
    ['bsae', /did you mean base\?.*models list --available/],
    ['./nothing', /nothing lies at that path.*models list --available/],
    ['/nothing/at/all', /models list --available/],
    ['../x', /models list --available/],
    ['..%2f', /models list --available/],
  ] as const) {
    const rejected = resolveModel(name, { ...auto, root });
    await t.rejects(rejected, { code, message: /installed: tiny\.en.*Next step:/ }, name);
    await t.rejects(rejected, { message: step }, name);
  }
  for (const [name, message] of [
    ['nllb-200-distilled-600M', /translates text and does not transcribe/],
    ['silero-vad', /finds speech and does not transcribe/],
  ] as const) {
    const rejected = resolveModel(name, { ...auto, root });
    await t.rejects(rejected, { code: 'CPW_MODEL_INCOMPATIBLE', message }, name);
  }
  const none = resolveModel('base', { ...auto, root: join(root, 'no') });
  await t.rejects(none, { code, message: /no model is installed/ });
});

void t.test('when a path holds no model that runs, the error says what it is', async (t) => {
  const root = t.testdir({
    empty: {},
    'text.bin': 'this is not a model',
    nothing: '',
    half: { 'model.bin': 'x' },
    hub: { 'model.safetensors': 'short', 'config.json': '{}' },
  });
  const code = 'CPW_MODEL_INCOMPATIBLE';
  const reject = (name: string, message: RegExp) =>
    t.rejects(resolveModel(join(root, name), auto), { code, message }, name);
  await reject('empty', /no model\.bin and no \.safetensors/);
  await reject('text.bin', /no model file in ggml form.*Next step/);
  await reject('nothing', /no model file in ggml form/);
  await reject('half', /config\.json is missing/);
  await reject('hub', /ends too early/);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(2n);
  await writeFile(
    join(root, 'hub', 'model.safetensors'),
    Buffer.concat([length, Buffer.from('{}')]),
  );
  await reject('hub', /CTranslate2 folder.*models convert/);
  const bin = join(await writeTinyWhisper(join(root, 'good'), small), 'model.bin');
  await t.rejects(resolveModel(bin, auto), { code, message: /not its model\.bin/ });
});

void t.test('when a name is odd, it stays inside the store or is refused', async (t) => {
  const root = t.testdir();
  const code = 'CPW_INVALID_OPTIONS';
  for (const name of [
    '',
    '.',
    '..',
    '../base',
    'a/b',
    '.hidden',
    'a\0b',
    'a\n',
    '-x',
    'x'.repeat(200),
  ]) {
    t.throws(() => modelPath(root, name, 'ggml'), { code }, JSON.stringify(name));
  }
  for (const name of ['', 'a\0b']) await t.rejects(resolveModel(name, { ...auto, root }), { code });
  for (const name of ['my model', 'größe-2', 'モデル', 'हिन्दी', 'a+b@c']) {
    await writeTinyWhisper(modelPath(root, name, 'ctranslate2'), small);
    t.match(await resolveModel(name, { ...auto, root }), { name });
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      if (!isModelName(name)) return;
      const path = modelPath('/store', name, 'ctranslate2');
      if (path !== `/store/${name}/ctranslate2`) throw new Error(path);
    }),
  );
});

void t.test('when any string is resolved, the answer is a CpwError or a model', async (t) => {
  const root = t.testdir();
  await mkdir(join(root, 'models'));
  const property = fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async (name) => {
    const resolved = resolveModel(`no such ${name}`, { ...auto, root: join(root, 'models') });
    const error = await resolved.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof CpwError)) throw new Error('no CpwError', { cause: error });
  });
  await t.resolves(fc.assert(property));
});

void t.test('when names are looked up, second names lead to the model', async (t) => {
  t.equal(findModel('large')?.name, 'large-v3');
  t.equal(findModel('turbo')?.name, 'large-v3-turbo');
  t.equal(findModel('tiny.en')?.multilingual, false);
  t.equal(findModel('nope'), undefined);
  t.equal(new Set(registry.map(({ name }) => name)).size, registry.length);
  t.ok(registry.every(({ name }) => isModelName(name)));
  t.equal(modelsRoot('/cache'), '/cache/cpw-native/models');
  t.equal(modelsRoot('relative'), join(homedir(), '.cache', 'cpw-native', 'models'));
});

void t.test('when an error is not transient, it is not tried again', async (t) => {
  let calls = 0;
  const failing = (error: Error) => () => {
    calls += 1;
    return Promise.reject(error);
  };
  const wait = async (): Promise<void> => undefined;
  for (const [error, times] of [
    [new CpwError('CPW_DOWNLOAD_FAILED', 'x'), 3],
    [new CpwError('CPW_MODEL_INCOMPATIBLE', 'x'), 1],
    [new Error('x'), 1],
  ] as const) {
    calls = 0;
    await t.rejects(withRetries(failing(error), { wait }), error);
    t.equal(calls, times);
  }
  const signal = AbortSignal.timeout(5);
  const transient = failing(new CpwError('CPW_DOWNLOAD_FAILED', 'x'));
  await t.rejects(withRetries(transient, { signal }), { name: 'TimeoutError' }, 'by the clock');
});

void t.test('when two want the same lock, one waits; a dead one is taken over', async (t) => {
  const path = join(t.testdir(), 'deep', 'x.lock');
  const order: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let enter = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const first = withLock(path, {}, async () => {
    order.push('first in');
    enter();
    await held;
    order.push('first out');
  });
  const onWait = (holder: string): void => {
    order.push('waits');
    t.match(holder, /, process \d+$/);
    release();
  };
  await entered; // else the file system may let the other one in before
  await Promise.all([first, withLock(path, { onWait }, async () => void order.push('second in'))]);
  t.same(order, ['first in', 'waits', 'first out', 'second in']);
  t.notOk(existsSync(path));
  await mkdir(join(t.testdirName, 'deep'), { recursive: true });
  await writeFile(path, 'dead\nelsewhere, process 1\n');
  const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  t.equal(await withLock(path, { wait, staleMs: 20 }, async () => 'taken over'), 'taken over');
  await writeFile(path, 'alive\nelsewhere, process 1\n');
  const signal = AbortSignal.timeout(20);
  const waiting = withLock(path, { signal }, async () => 'never');
  await t.rejects(waiting, { name: 'TimeoutError' });
  t.equal(await readFile(path, 'utf8'), 'alive\nelsewhere, process 1\n', "another's lock stays");
});

void t.test('when the disk is too small, it is said before anything is fetched', async (t) => {
  const folder = join(t.testdir(), 'not', 'there', 'yet');
  await t.resolves(checkDiskSpace('Model x', folder, 1000));
  await t.rejects(checkDiskSpace('Model x', folder, 2 ** 60), {
    code: 'CPW_OUT_OF_MEMORY',
    message: /^Model x needs \d+ MiB in .* where \d+ MiB are free\. Next step:/,
  });
});
