import t, { type Test } from 'tap';
import { estimateMemory } from '../../src/engines/memory-estimate.js';
import { ModelPool } from '../../src/engines/model-pool.js';
import { CpwError } from '../../src/errors.js';
import type { ModelPoolOptions } from '../../src/options/model-pool.js';
import type { Transcript } from '../../src/types.js';
import { empty, mebibyte, pending, setUp } from '../helpers/fake-pool.js';

/** Lets everything run that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function failureOf(promise: Promise<unknown>): Promise<CpwError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CpwError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

t.test('when options are wrong, they are named', async (t) => {
  t.throws(() => new ModelPool({ idleS: -1 }), { message: /idleS/u });
  t.throws(() => new ModelPool({ maxBytes: 'all' as unknown as number }), { message: /maxBytes/u });
  t.throws(() => new ModelPool({ size: 3 } as ModelPoolOptions), { message: /size/u });
});

t.test('when one model is asked for at once, it is loaded once', async (t) => {
  const { world, pool } = setUp();
  const handles = await Promise.all([pool.acquire('a'), pool.acquire('a'), pool.acquire('b')]);
  t.same(world.loaded, ['a', 'b']);
  handles.push(await pool.acquire('a'));
  t.same(world.loaded, ['a', 'b']);
  t.match(
    pool.models.map(({ path, handles: count, state }) => [path, count, state]),
    [
      ['/models/b', 1, 'in use'],
      ['/models/a', 3, 'in use'],
    ],
  );
  for (const options of [{ threads: 2 }, { engine: 'whisper' }] as const) {
    await pool.acquire('a', options);
  }
  t.equal(world.loaded.length, 4, 'another engine or share of the CPU is another model');
});

t.test('when a load fails, all who wait hear of it and the next one tries anew', async (t) => {
  const { world, pool } = setUp();
  const gate = pending<unknown>();
  world.gate = gate.promise;
  const both = [pool.acquire('a'), pool.acquire('a')].map(failureOf);
  await settle();
  gate.reject(new CpwError('CPW_MODEL_LOAD_FAILED', 'broken'));
  for (const error of await Promise.all(both)) t.equal(error.code, 'CPW_MODEL_LOAD_FAILED');
  t.same(pool.models, []);
  world.gate = Promise.resolve();
  await pool.acquire('a');
  t.same(world.loaded, ['a']);
});

t.test('when one who waits gives up, the others get their model', async (t) => {
  const { world, pool } = setUp();
  const gate = pending<unknown>();
  world.gate = gate.promise;
  const impatient = new AbortController();
  const first = pool.acquire('a', {}, { signal: impatient.signal });
  const second = pool.acquire('a');
  await settle();
  impatient.abort(new Error('enough'));
  await t.rejects(first, { message: 'enough' });
  t.equal(world.signals[0]?.aborted, false);
  gate.resolve(undefined);
  t.equal((await second).info.path, '/models/a');
  t.match(pool.models, [{ handles: 1 }]);
});

t.test('when all who wait give up, the load is stopped and the next one begins anew', async (t) => {
  const { world, pool } = setUp();
  world.gate = pending<unknown>().promise;
  const impatient = new AbortController();
  const only = pool.acquire('a', {}, { signal: impatient.signal });
  await settle();
  impatient.abort(new Error('enough'));
  await t.rejects(only, { message: 'enough' });
  t.equal(world.signals[0]?.aborted, true);
  t.same(pool.models, []);
  world.gate = Promise.resolve();
  await pool.acquire('a');
  t.same(world.loaded, ['a']);
});

t.test('when nobody uses a model for a time, it is unloaded', async (t) => {
  const { world, pool } = setUp({ idleS: 60 });
  const handle = await pool.acquire('a');
  world.pass(1000);
  t.same(world.closed, [], 'a handle holds it');
  handle.close();
  handle.close();
  t.match(pool.models, [{ state: 'idle', handles: 0 }]);
  world.pass(59);
  const again = await pool.acquire('a');
  world.pass(60);
  t.same(world.closed, [], 'it was used in between');
  again.close();
  world.pass(60);
  t.same(world.closed, ['a']);
  t.same(pool.models, []);
  await t.rejects(again.transcribe('x.wav'), { code: 'CPW_CLOSED' });
  await t.rejects(again.detectLanguage('x.wav'), { code: 'CPW_CLOSED' });
});

t.test('when idleS is 0, a model goes with its last handle', async (t) => {
  const { world, pool } = setUp({ idleS: 0 });
  await using first = await pool.acquire('a');
  {
    await using second = await pool.acquire('a');
    void second;
  }
  t.same(world.closed, []);
  first.close();
  t.same(world.closed, ['a']);
});

t.test('when a job runs, its model stays, even with its handle closed', async (t) => {
  const { world, pool } = setUp({ idleS: 0, maxBytes: mebibyte });
  const job = pending<Transcript>();
  world.job = job.promise;
  const handle = await pool.acquire('a');
  const running = handle.transcribe('x.wav');
  handle.close();
  world.pass(1000);
  t.match(pool.models, [{ state: 'in use', handles: 0, jobs: 1 }]);
  t.equal((await failureOf(pool.acquire('b'))).code, 'CPW_OUT_OF_MEMORY');
  t.same(world.closed, []);
  job.resolve(empty);
  await running;
  await settle();
  t.same(world.closed, ['a']);
});

t.test('when a job fails, it counts no longer either', async (t) => {
  const { world, pool } = setUp({ idleS: 0 });
  const handle = await pool.acquire('a');
  world.job = Promise.reject(new Error('damaged'));
  await t.rejects(handle.transcribe('x.wav'), { message: 'damaged' });
  await handle.detectLanguage('x.wav');
  handle.close();
  await settle();
  t.same(world.closed, ['a']);
});

t.test('when the cap is met, idle models go, the least recently used first', async (t) => {
  const { world, pool } = setUp({ maxBytes: 3 * mebibyte });
  for (const name of ['a', 'b', 'c']) (await pool.acquire(name)).close();
  (await pool.acquire('a')).close();
  const d = await pool.acquire('d');
  t.same(world.closed, ['b']);
  world.sizes['e'] = 2;
  const e = await pool.acquire('e');
  t.same(world.closed, ['b', 'c', 'a'], 'no more than is needed');
  await checkRefusal(t, pool.acquire('f'), /needs about 1 MiB .* 0 MiB can be had under maxBytes/u);
  t.same(world.closed, ['b', 'c', 'a']);
  d.close();
  await pool.acquire('f');
  t.same(world.closed, ['b', 'c', 'a', 'd']);
  e.close();
});

t.test('when memory is short, the refusal has the numbers and nothing is unloaded', async (t) => {
  const { world, pool } = setUp();
  world.memory = 100;
  world.sizes = { small: 30, idle: 20, large: 90 };
  await pool.acquire('small');
  (await pool.acquire('idle')).close();
  const error = await checkRefusal(
    t,
    pool.acquire('large'),
    /large needs about 90 MiB with 1 replica, and 70 MiB can be had of memory beside what is in use: \/models\/small \(30 MiB\)\. Next step: close handles/u,
  );
  t.match(error.details, { needed: 90 * mebibyte, available: 70 * mebibyte });
  t.same(world.closed, []);
  world.sizes['large'] = 60;
  await pool.acquire('large');
  t.same(world.closed, ['idle'], 'with it gone the model fits');
});

t.test('when two models load at once, the memory of one is not promised twice', async (t) => {
  const { world, pool } = setUp();
  world.memory = 100;
  world.sizes = { a: 60, b: 60 };
  const gate = pending<unknown>();
  world.gate = gate.promise;
  const first = pool.acquire('a');
  const second = failureOf(pool.acquire('b'));
  t.match((await second).message, /60 MiB .* 40 MiB can be had/u);
  gate.resolve(undefined);
  await first;
});

t.test('when a pool is closed, running jobs are waited for and loads are stopped', async (t) => {
  const { world, pool } = setUp();
  const job = pending<Transcript>();
  world.job = job.promise;
  const busy = await pool.acquire('busy');
  const idle = await pool.acquire('idle');
  const running = busy.transcribe('x.wav');
  world.gate = pending<unknown>().promise;
  const loading = failureOf(pool.acquire('late'));
  await settle();
  let closed = false;
  const closing = pool.close().then(() => (closed = true));
  await settle();
  t.equal((await loading).code, 'CPW_CLOSED');
  t.same(world.closed, ['idle']);
  t.equal(closed, false);
  t.equal((await failureOf(pool.acquire('more'))).code, 'CPW_CLOSED');
  job.resolve(empty);
  await running;
  await closing;
  t.same(world.closed, ['idle', 'busy']);
  t.same(pool.models, []);
  idle.close();
  await pool.close();
});

t.test('when memory is estimated, it grows with the file and the replicas', async (t) => {
  const folder = t.testdir({
    'model.bin': Buffer.alloc(16 * mebibyte),
    'ggml.bin': Buffer.alloc(9),
  });
  const model = { engine: 'ctranslate2', path: folder, format: 'ctranslate2' } as const;
  const batch = { seconds: 60 };
  const one = await estimateMemory({ model, device: 'cpu', replicas: 1, batch });
  const three = await estimateMemory({ model, device: 'cpu', replicas: 3, batch });
  const rows = { seconds: 120 };
  const wide = await estimateMemory({ model, device: 'cpu', replicas: 3, batch: rows });
  t.equal(one, (16 * 3.25 + 18 * 4) * mebibyte);
  t.equal(three - one, 2 * 18 * 4 * mebibyte);
  t.equal(wide - three, Math.round(3 * 2 * 16 * 0.28 * mebibyte));
  t.equal(await estimateMemory({ model, device: 'cuda', replicas: 1, batch }), 16 * mebibyte);
  const file = { engine: 'whisper', path: `${folder}/ggml.bin`, format: 'ggml' } as const;
  t.ok((await estimateMemory({ model: file, device: 'cpu', replicas: 1, batch })) > 30 * mebibyte);
});

async function checkRefusal(t: Test, call: Promise<unknown>, message: RegExp): Promise<CpwError> {
  const error = await failureOf(call);
  t.equal(error.code, 'CPW_OUT_OF_MEMORY');
  t.match(error.message, message);
  return error;
}
