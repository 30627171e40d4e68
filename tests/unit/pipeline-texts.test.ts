import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import * as artefacts from '../../src/stages/artefacts.js';
import { exceededBudget } from '../../src/stages/budgets.js';
import { batchesOf } from '../../src/text/batches.js';
import { loopsRemoved } from '../../src/text/loops.js';
import { withOrderedWords } from '../../src/text/ordered-words.js';
import type { Segment } from '../../src/types.js';
import { collected, segment } from '../helpers/segments.js';

void t.test('when times of words are anything at all, they come out in order', async () => {
  const time = fc.double({ min: -5, max: 50, noNaN: true });
  const word = fc.record({
    start: time,
    end: time,
    word: fc.string({ minLength: 1 }),
    probability: fc.constant(1),
  });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 40 }),
      fc.nat(20),
      fc.nat(20),
      (words, start, length) => {
        const given = segment(0, { start, end: start + length + 0.001 });
        const ordered = withOrderedWords({ ...given, words }, Math.max(0, start - 2));
        const problem = artefacts.segments.follows?.(ordered, undefined);
        return (
          problem === undefined && ordered.words?.length === words.length && ordered.start >= start
        );
      },
    ),
  );
});

void t.test('when neighbours say the same, only what nobody said is removed', async (t) => {
  const doubtful = { avgLogprob: -1.5 };
  const run = async (items: readonly artefacts.SegmentItem[]): Promise<readonly string[]> => {
    const source = async function* source(): AsyncGenerator<artefacts.SegmentItem> {
      yield* items;
    };
    const found = await collected(loopsRemoved(source(), { fewestRepeats: 3 }));
    return found.map((one) => ('reason' in one ? `-${one.text}` : one.text));
  };
  const same = (text: string, count: number, more: Partial<Segment>): artefacts.SegmentItem[] =>
    Array.from({ length: count }, (_, id) => segment(id, { text, ...more }));
  t.strictSame(await run(same('Thank you.', 4, doubtful)), [
    'Thank you.',
    '-Thank you.',
    '-Thank you.',
    '-Thank you.',
  ]);
  t.strictSame(await run(same('Thank you.', 2, doubtful)), ['Thank you.', 'Thank you.'], 'two');
  t.strictSame(await run(same('No.', 3, {})), ['No.', 'No.', 'No.'], 'a real short answer');
  t.strictSame(await run(same('ना', 3, {})), ['ना', 'ना', 'ना']);
  t.strictSame(
    await run(same('जी!', 3, doubtful)),
    ['जी!', '-जी!', '-जी!'],
    'letters of all scripts count',
  );
  t.strictSame(
    await run(same('Let it be, let it be', 3, { end: 3 })),
    Array(3).fill('Let it be, let it be'),
    'a chorus',
  );
  const fast = { start: 0, end: 0.5 };
  t.equal(
    (await run(same('nobody can say as much as this in so little time', 3, fast))).at(-1)?.[0],
    '-',
  );
});

void t.test(
  'when items come slower than they are worked on, none waits for a full batch',
  async (t) => {
    const source = async function* source(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      yield 3;
      for (let turn = 0; turn < 3; turn += 1) await nextTurn();
      yield 4;
    };
    t.strictSame(await collected(batchesOf(source(), 2)), [[1, 2], [3], [4]]);
  },
);

void t.test('when a stage costs more than its budget, that is told in its own measure', (t) => {
  const work = { activeS: 100, peakRssMb: 100 };
  t.match(exceededBudget('demux', { ...work, audioS: 60 }), [
    /100\.0 s for a minute of media, over its budget of 10/u,
  ]);
  t.match(exceededBudget('translation', { ...work, words: 1000 }), [/for 1000 words/u]);
  t.match(exceededBudget('mux', { activeS: 1, peakRssMb: 3000, audioS: 60 }), [
    /3000\.0 MB of memory/u,
  ]);
  t.strictSame(exceededBudget('asr', { ...work, audioS: 6000, device: 'cpu' }), []);
  t.match(exceededBudget('asr', { ...work, audioS: 300, device: 'cuda' }), [/budget of 10/u]);
  t.strictSame(exceededBudget('vad', work), []);
  t.end();
});
