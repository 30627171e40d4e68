import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { CpwError, errorCodes } from '../../src/errors.js';
import { openInput } from '../../src/media/input.js';
import { mediaOptionsSchema } from '../../src/options/media.js';
import { runJob } from '../../src/native/handle.js';
import { loadAddon } from '../../src/native/load.js';
import { loadProbe, probe, probeOptions, tone } from '../helpers/probe.js';

const run = promisify(execFile);
const addon = loadAddon();

t.test('when the lists of error codes are compared, C++ and TypeScript agree', async (t) => {
  t.same(addon.errorCodes, Object.keys(errorCodes));
});

t.test('when an option is wrong at the boundary, CPW_INTERNAL names it', async (t) => {
  const recognizer = await loadProbe();
  const input = () => addon.AudioInput.pushSamples({ capacityS: 1, durationS: -1 });
  const call = (options: unknown) => () =>
    recognizer.transcribe(input(), null, options as typeof probeOptions, {});
  const { language: _language, ...without } = probeOptions;
  t.throws(call({ ...probeOptions, beam: 3 }), { code: 'CPW_INTERNAL', message: /beam / });
  t.throws(call(without), { code: 'CPW_INTERNAL', message: /language must be a string/ });
  t.throws(call({ ...probeOptions, beamSize: '5' }), { code: 'CPW_INTERNAL', message: /beamSize/ });
  t.throws(call({ ...probeOptions, beamSize: 1.5 }), { code: 'CPW_INTERNAL', message: /beamSize/ });
  t.throws(call({ ...probeOptions, beamSize: NaN }), { code: 'CPW_INTERNAL', message: /beamSize/ });
  t.throws(call({ ...probeOptions, beamSize: 2 ** 40 }), { code: 'CPW_INTERNAL' });
  t.throws(call({ ...probeOptions, language: 'e\0n' }), { code: 'CPW_INTERNAL', message: /NUL/ });
  t.throws(call({ ...probeOptions, vad: undefined }), { code: 'CPW_INTERNAL', message: /vad/ });
  t.throws(call(null), { code: 'CPW_INTERNAL' });
  t.throws(call([]), { code: 'CPW_INTERNAL' });
  const boom = new Error('boom');
  const hostile = {
    ...probeOptions,
    get language(): string {
      throw boom;
    },
  };
  t.throws(call(hostile), boom);
  recognizer.close();
});

t.test(
  'when an object of another class is passed, it is refused and nothing crashes',
  async (t) => {
    const recognizer = await loadProbe();
    const fake = Object.create(Object.getPrototypeOf(recognizer) as object) as typeof recognizer;
    t.throws(() => fake.close());
    for (const wrong of [{}, fake, recognizer, null, undefined, 3, 'x', () => 1]) {
      t.throws(() => recognizer.transcribe(wrong as never, null, probeOptions, {}), {
        code: 'CPW_INTERNAL',
      });
    }
    const Class = recognizer.constructor as new (...args: unknown[]) => unknown;
    t.throws(() => new Class());
    t.throws(() => new Class({}));
    recognizer.close();
  },
);

t.test('when an input is handed to two calls, the second is refused', async (t) => {
  const recognizer = await loadProbe();
  const native = addon.AudioInput.pushSamples({ capacityS: 1, durationS: -1 });
  const first = recognizer.transcribe(native, null, probeOptions, {});
  t.throws(() => recognizer.transcribe(native, null, probeOptions, {}), { code: 'CPW_INTERNAL' });
  native.end();
  await first.promise;
  recognizer.close();
});

t.test('when a call runs, progress and segments come in order and before the result', async (t) => {
  const recognizer = await loadProbe({ replicas: 3 });
  const seen: string[] = [];
  let last = -1;
  const result = await probe(recognizer, tone(95), {
    onSegment: (segment) => seen.push(segment.text),
    onProgress: (fraction) => {
      t.ok(fraction >= last && fraction <= 1, `progress ${fraction} after ${last}`);
      last = fraction;
    },
  });
  t.same(seen, ['window 0', 'window 1', 'window 2', 'window 3']);
  t.equal(last, 1);
  t.equal(result.duration, 95);
  recognizer.close();
});

t.test(
  'when a recogniser is closed, running calls finish and later ones are CPW_CLOSED',
  async (t) => {
    const recognizer = await loadProbe({ windowMs: 50 });
    const running = probe(recognizer, tone(60));
    await new Promise((resolve) => setImmediate(resolve));
    recognizer.close();
    recognizer.close();
    t.equal((await running).duration, 60);
    t.throws(() => recognizer.info, { code: 'CPW_CLOSED' });
    await t.rejects(probe(recognizer, tone(1)), { code: 'CPW_CLOSED', name: 'CpwError' });
  },
);

t.test('when a signal aborts, the call rejects with its reason and stops', async (t) => {
  const recognizer = await loadProbe({ windowMs: 10_000 });
  const already = AbortSignal.abort(new Error('before'));
  await t.rejects(probe(recognizer, tone(1), { signal: already }), { message: 'before' });
  for (const reason of [new Error('enough'), 'a word', undefined]) {
    const controller = new AbortController();
    const started = performance.now();
    const running = probe(recognizer, tone(60), { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    const error: unknown = await running.then(
      () => t.fail('must reject'),
      (cause: unknown) => cause,
    );
    t.equal(error, controller.signal.reason);
    t.ok(performance.now() - started < 2_000, 'well before the window would have ended');
  }
  recognizer.close();
});

t.test('when one of two calls on an engine is aborted, the other is not harmed', async (t) => {
  const recognizer = await loadProbe({ windowMs: 30, replicas: 2 });
  const controller = new AbortController();
  const doomed = probe(recognizer, tone(300), { signal: controller.signal });
  const other = probe(recognizer, tone(90));
  setTimeout(() => controller.abort(), 40);
  await t.rejects(doomed, { name: 'AbortError' });
  t.equal((await other).duration, 90);
  recognizer.close();
});

t.test('when a callback throws, the call stops and rejects with what was thrown', async (t) => {
  const recognizer = await loadProbe();
  for (const thrown of [new TypeError('mine'), 'a string', 7]) {
    let calls = 0;
    const error: unknown = await probe(recognizer, tone(600), {
      onSegment: () => {
        calls += 1;
        throw thrown;
      },
    }).catch((cause: unknown) => cause);
    t.equal(error, thrown);
    t.equal(calls, 1, 'no callback after the one that threw');
  }
  recognizer.close();
});

t.test(
  'when a window fails, the call rejects with a CpwError that has the caller on its stack',
  async (t) => {
    const recognizer = await loadProbe({ failAtWindow: 1 });
    const error: unknown = await probe(recognizer, tone(90)).catch((cause: unknown) => cause);
    t.ok(error instanceof CpwError);
    t.match(error, { code: 'CPW_INFERENCE_FAILED', transient: false });
    t.match((error as Error).stack, /boundary\.test|probe\.ts/u);
    recognizer.close();
  },
);

/** What handing a buffer to a worker does to it. */
function detach(samples: Float32Array): void {
  structuredClone(samples, { transfer: [samples.buffer as ArrayBuffer] });
}

t.test(
  'when samples are detached, before or while a call reads them, it is an error',
  async (t) => {
    const recognizer = await loadProbe({ windowMs: 50 });
    const gone = tone(1);
    detach(gone);
    await t.rejects(probe(recognizer, gone), { code: 'CPW_INVALID_OPTIONS', message: /detached/ });
    const going = tone(600);
    const running = probe(recognizer, going);
    setTimeout(() => detach(going), 20);
    await t.rejects(running, { code: 'CPW_INVALID_OPTIONS', message: /detached or resized/ });
    const { native } = await openInput(addon, tone(1), { media: mediaOptionsSchema.parse({}) });
    for (const wrong of [gone, 'x', null, {}, new Float64Array(4)]) {
      t.throws(() => native.push(wrong as never), { code: 'CPW_INTERNAL' });
    }
    recognizer.close();
  },
);

t.test('when engines work, files are read and the event loop turns', async (t) => {
  const recognizer = await loadProbe({ windowMs: 200, replicas: 4, loadMs: 50 });
  const running = Array.from({ length: 8 }, () => probe(recognizer, tone(60)));
  const started = performance.now();
  await readFile(fileURLToPath(import.meta.url));
  t.ok(performance.now() - started < 200, `readFile took ${performance.now() - started} ms`);
  await Promise.all(running);
  recognizer.close();
});

t.test('when a load is aborted, it rejects with the reason', async (t) => {
  const options = { replicas: 1, loadMs: 10_000, windowMs: 1, failAtWindow: -1 };
  const signal = AbortSignal.timeout(30);
  await t.rejects(
    runJob(() => addon.ProbeRecognizer.load(options), signal),
    { name: 'TimeoutError' },
  );
});

const childFile = fileURLToPath(new URL('./children.mjs', import.meta.url));
const children = [
  ['idle', 'ok', 'when nothing runs, a loaded addon lets the process exit'],
  ['busy', 'ok', 'when a call runs, the process stays until it has settled'],
  ['worker-exit', 'ok', 'when a worker ends with calls running, the process goes on'],
  [
    'worker-many',
    'ok',
    'when ten workers use the addon at once, each gets its own results in order',
  ],
  ['gc', 'ok', 'when recognisers and their calls are forgotten, the collector frees them'],
  ['exit', 'before, status 7', 'when process.exit() comes while calls run, its status stands'],
  [
    'throw',
    'before, status 9',
    'when an exception ends the process while calls run, it ends by it',
  ],
] as const;
// prlimit comes with Linux's util-linux.
const limited = [
  ['no-memory', 'CPW_OUT_OF_MEMORY', 'when memory runs out at the boundary, it is an error'],
  ['no-threads', 'CPW_OUT_OF_MEMORY', 'when threads run out, loading is an error'],
  ['no-first-thread', 'CPW_OUT_OF_MEMORY', 'when no thread can be had at all, it is an error'],
] as const;
const limitedNames = new Set<string>(limited.map(([name]) => name));
if (process.platform !== 'linux') t.comment('limits of memory are set by prlimit, on Linux alone');
for (const [name, expected, title] of [
  ...children,
  ...(process.platform === 'linux' ? limited : []),
]) {
  t.test(title, async (t) => {
    const options = { timeout: 60_000 };
    const node = [process.execPath, '--expose-gc', childFile, name, JSON.stringify(probeOptions)];
    const [program = '', ...args] = limitedNames.has(name)
      ? ['prlimit', `--stack=${2 ** 30}`, ...node]
      : node;
    const said = await run(program, args, options).then(
      ({ stdout }) => stdout.trim(),
      ({ stdout, stderr, code, signal }: Record<string, string>) => {
        t.comment(stderr);
        return `${stdout?.trim()}, ${code === null ? signal : `status ${code}`}`;
      },
    );
    t.equal(said, expected);
  });
}

// What the engines' libraries keep for the life of the process would be lost with each unloading.
t.test(
  'when the last worker that used the addon ends, it stays loaded',
  { skip: process.platform !== 'linux' && 'what is loaded is read from /proc, on Linux alone' },
  async (t) => {
    const file = fileURLToPath(new URL('./unload.mjs', import.meta.url));
    const { stdout } = await run(process.execPath, [file], { timeout: 60_000 });
    t.equal(stdout.trim(), 'false,true,true,true');
  },
);
