import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { Translator } from '../../src/engines/translator.js';
import { runJob } from '../../src/native/handle.js';
import { demoSentences, loadNative, nativeOptions } from '../helpers/translation.js';

const english = demoSentences.map(({ en }) => en);
/** Seconds of work for the demo model. */
const many = Array.from({ length: 60 }, () => english).flat();

t.test('when an option is wrong at the boundary, CPW_INTERNAL names it', async (t) => {
  const native = await loadNative();
  const call =
    (options: unknown, texts: unknown = ['x']) =>
    () =>
      native.translateBatch(texts as string[], options as typeof nativeOptions, {});
  const { beamSize: _, ...without } = nativeOptions;
  t.throws(call(without), { code: 'CPW_INTERNAL', message: /beamSize must be a number/u });
  t.throws(call({ ...nativeOptions, more: 1 }), { code: 'CPW_INTERNAL', message: /more/u });
  t.throws(call({ ...nativeOptions, source: 3 }), { code: 'CPW_INTERNAL', message: /source/u });
  t.throws(call({ ...nativeOptions, scores: 1 }), { code: 'CPW_INTERNAL', message: /scores/u });
  t.throws(call(nativeOptions, 'text'), { code: 'CPW_INTERNAL', message: /texts/u });
  t.throws(call(nativeOptions, [1]), { code: 'CPW_INTERNAL', message: /strings/u });
  const fake = Object.create(native) as typeof native;
  t.throws(() => fake.translateBatch(['x'], nativeOptions, {}));
  const job = native.translateBatch(['x'], { ...nativeOptions, source: 'deu_Latn' }, {});
  await t.rejects(job.promise, { code: 'CPW_UNSUPPORTED_LANGUAGE', message: /eng_Latn/u });
  const script = native.translateBatch(['x'], { ...nativeOptions, script: 'Xxxx' }, {});
  await t.rejects(script.promise, { code: 'CPW_INTERNAL', message: /Xxxx/u });
  native.close();
});

t.test('when a call is aborted, it rejects with the reason, soon', async (t) => {
  const native = await loadNative();
  const reason = new Error('enough');
  const early = AbortSignal.abort(reason);
  await t.rejects(
    runJob(() => native.translateBatch(many, nativeOptions, {}), early),
    reason,
  );
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(reason);
  const call = runJob(
    () => native.translateBatch(many, nativeOptions, { onProgress }),
    controller.signal,
  );
  const before = performance.now();
  await t.rejects(call, reason);
  t.ok(performance.now() - before < 5000, 'and not when all of it was translated');
  native.close();
});

t.test('when one of two calls that share batches is aborted, the other is whole', async (t) => {
  const native = await loadNative(undefined, 1);
  const controller = new AbortController();
  const stopped = runJob(() => native.translateBatch(many, nativeOptions, {}), controller.signal);
  const other = native.translateBatch(english, nativeOptions, {
    onProgress: () => controller.abort(new Error('stop')),
  });
  const [ended, whole] = await Promise.allSettled([stopped, other.promise]);
  t.equal(ended.status, 'rejected');
  t.equal(whole.status, 'fulfilled');
  if (whole.status === 'fulfilled') {
    const texts = whole.value.map(({ hypotheses }) => hypotheses[0]?.text);
    t.same(
      texts,
      demoSentences.map(({ hi }) => hi),
    );
  }
  native.close();
});

t.test('when calls run, progress rises to 1 and comes before the result', async (t) => {
  const translator = await Translator.load();
  const seen: number[] = [];
  const call = translator.translateBatch(
    english,
    { source: 'en', target: 'es' },
    { onProgress: (fraction) => void seen.push(fraction) },
  );
  t.equal((await call).length, english.length);
  t.equal(seen.at(-1), 1);
  t.same(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  const boom = new Error('boom');
  const failing = translator.translateBatch(
    english,
    { source: 'en', target: 'es' },
    {
      onProgress: () => {
        throw boom;
      },
    },
  );
  await t.rejects(failing, boom);
  translator.close();
});

t.test('when it is closed, running calls end and later ones fail', async (t) => {
  const translator = await Translator.load();
  const running = translator.translateBatch(english, { source: 'en', target: 'hi' });
  translator.close();
  translator.close();
  t.equal((await running).length, english.length);
  await t.rejects(translator.translateBatch(['Go.'], { source: 'en', target: 'hi' }), {
    code: 'CPW_CLOSED',
  });
});

t.test('when it is disposed of by `await using`, it is closed', async (t) => {
  let kept: Translator | undefined;
  {
    await using translator = await Translator.load();
    kept = translator;
  }
  await t.rejects(kept.translateBatch(['Go.'], { source: 'en', target: 'hi' }), {
    code: 'CPW_CLOSED',
  });
});

t.test('when a worker ends with a call running, the process lives on', async (t) => {
  const file = fileURLToPath(new URL('translator-worker.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  t.equal(stdout.trim(), 'worker ended, the process lives, 200 translated');
});
