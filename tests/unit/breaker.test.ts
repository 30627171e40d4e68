import t from 'tap';
import { sayBreaker } from '../../src/cli/breakers.js';
import { CpwError } from '../../src/errors.js';
import { fetchForm } from '../../src/models/fetch-form.js';
import { findModel } from '../../src/models/registry.js';
import { networkBreaker, type BreakerNews } from '../../src/network/breaker.js';
import { hubOptionsSchema } from '../../src/options/download.js';

const passing = (): Promise<never> => Promise.reject(new CpwError('CPW_DOWNLOAD_FAILED', 'cut'));

t.test('when a service fails five times in a row, it is left alone, then asked once', async (t) => {
  const news: BreakerNews[] = [];
  const told: string[] = [];
  const breaker = networkBreaker('hub', {
    halfOpenAfterMs: 1,
    onState: (one) => {
      news.push(one);
      sayBreaker({ note: (line) => void told.push(line) }, one);
    },
  });
  for (let count = 0; count < 4; count += 1)
    await t.rejects(breaker.run(passing), { message: 'cut' });
  const wrong = new CpwError('CPW_MODEL_NOT_FOUND', 'a refusal');
  await t.rejects(
    breaker.run(() => Promise.reject(wrong)),
    wrong,
  );
  t.equal(breaker.state, 'closed', 'a refusal is an answer');
  await breaker.run(async () => 1);
  for (let count = 0; count < 5; count += 1)
    await t.rejects(breaker.run(passing), { message: 'cut' });
  t.equal(breaker.state, 'open');
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(await breaker.run(async () => 'well'), 'well');
  t.strictSame(
    news.map(({ state }) => state),
    ['open', 'half-open', 'closed'],
  );
  t.match(told, [/^hub is left alone/u, /asked once more/u, /answers again/u]);
});

t.test('when the hub is left alone, no model is asked for', async (t) => {
  const breaker = networkBreaker('hub', {});
  for (let count = 0; count < 5; count += 1) await t.rejects(breaker.run(passing));
  const entry = findModel('tiny.en');
  if (entry === undefined) throw new Error('tiny.en is known');
  const hub = hubOptionsSchema.parse({ endpoint: 'http://127.0.0.1:1' });
  const fetching = fetchForm(entry, 'ctranslate2', {
    root: t.testdir(),
    hub,
    breaker,
    wait: async () => undefined,
  });
  await t.rejects(fetching, {
    code: 'CPW_DOWNLOAD_FAILED',
    message: /hub is left alone: it failed 5 times/u,
  });
});
