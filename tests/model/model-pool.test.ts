import t from 'tap';
import { ModelPool } from '../../src/engines/model-pool.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { wordErrors } from '../helpers/word-error-rate.js';

const jfk = audioPath('jfk.wav');
const text = recordings('refs.json').find(({ name }) => name === 'jfk.wav')?.text ?? '';
const options = { ...modelsDir, threads: 1, replicas: 1 } as const;

for (const engine of ['ctranslate2', 'whisper'] as const) {
  t.test(
    `when ${engine} is pooled, callers share one model and its memory fits the estimate`,
    async (t) => {
      await using pool = new ModelPool({ idleS: 0 });
      // The addon and the detector are no part of a model.
      (await pool.acquire('tiny.en', { ...options, engine })).close();
      const before = process.memoryUsage().rss;
      const handles = await Promise.all(
        Array.from({ length: 3 }, () => pool.acquire('tiny.en', { ...options, engine })),
      );
      t.match(pool.models, [{ handles: 3, state: 'in use' }]);
      t.equal(pool.models.length, 1);
      const transcripts = await Promise.all(handles.map((handle) => handle.transcribe(jfk)));
      for (const { segments } of transcripts) {
        const { errors } = wordErrors(text, segments.map((segment) => segment.text).join(' '));
        t.ok(errors <= 1);
      }
      const [{ bytes } = { bytes: 0 }] = pool.models;
      const grown = process.memoryUsage().rss - before;
      t.comment(`${engine}: estimated ${bytes / 2 ** 20} MiB, grown by ${grown / 2 ** 20} MiB`);
      t.ok(grown <= bytes * 1.25, 'not more than was promised');
      for (const handle of handles) handle.close();
      t.same(pool.models, []);
      for (const handle of handles) await t.rejects(handle.transcribe(jfk), { code: 'CPW_CLOSED' });
    },
  );
}

t.test('when a model cannot fit, it is refused with numbers before it is loaded', async (t) => {
  await using pool = new ModelPool({ maxBytes: 50e6 });
  await t.rejects(pool.acquire('base', options), {
    code: 'CPW_OUT_OF_MEMORY',
    message: /base.* needs about \d+ MiB with 1 replica, and 48 MiB can be had under maxBytes/u,
  });
  t.same(pool.models, []);
});
