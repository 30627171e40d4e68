import t from 'tap';
import type { RunContext } from '../../src/pipeline/pipeline.js';
import { scene, statesOf } from '../helpers/pipeline-scene.js';

// The forerunner found a transcript in its cache by the name of the file alone.
const changes: readonly (readonly [what: string, asr: Record<string, unknown>])[] = [
  ['another model', { model: 'small' }],
  ['another language', { transcribe: { language: 'de' } }],
  ['another clip', { transcribe: { start: 2, end: 5 } }],
  ['a wider beam', { transcribe: { beamSize: 5 } }],
];

for (const [what, asr] of changes) {
  void t.test(`when a job is resumed with ${what}, it is transcribed anew`, async (t) => {
    const { pipeline, run, calls } = scene(t);
    const { job } = await run({ asr: { model: 'base' } });
    const again = async (options: NonNullable<RunContext['options']>): Promise<unknown> => {
      const events: Parameters<typeof statesOf>[0][number][] = [];
      await pipeline.resume(job, { options, onEvent: (event) => void events.push(event) });
      return statesOf(events)['asr'];
    };
    const options = { asr: { model: 'base', ...asr } };
    t.equal(await again(options), 'completed');
    t.equal(calls.transcribe.length, 2);
    t.equal(await again(options), 'kept', 'and once is enough');
    t.equal(
      await again({ asr: { model: 'base' } }),
      'completed',
      'what was before is not kept aside',
    );
  });
}

void t.test('when only the threads are others, what was transcribed stays', async (t) => {
  const { pipeline, run, calls } = scene(t);
  const { job } = await run({ asr: { model: 'base' } });
  await pipeline.resume(job, { options: { asr: { model: 'base', recognizer: { threads: 1 } } } });
  t.equal(calls.transcribe.length, 1);
});
