import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { checkCues } from '../../src/subtitles/check-cues.js';
import { CueBuilder } from '../../src/subtitles/cue-builder.js';
import type { Cue } from '../../src/subtitles/cue.js';
import { cuesOf, streamCues } from '../../src/subtitles/cues.js';
import { formatSrt } from '../../src/subtitles/srt.js';
import { said, spokenSegments, textOf, type Spoken } from '../helpers/spoken.js';

t.test('when segments are of any shape, every rule holds or is reported', async (t) => {
  fc.assert(
    fc.property(spokenSegments, ({ segments, language }: Spoken) => {
      const cues = cuesOf(segments, {}, { language });
      assert.equal(
        textOf(cues.flatMap(({ lines }) => lines)),
        textOf(segments.map((one) => one.text)),
      );
      const found = new Set(checkCues(cues).map(({ cue, rule }) => `${cue} ${rule}`));
      for (const [index, { start, end, lines }] of cues.entries()) {
        const previous = cues[index - 1]?.end ?? -Infinity;
        assert.ok(start < end && start >= previous, 'no overlap, no empty time');
        assert.ok(lines.length >= 1 && lines.length <= 2 && !lines.includes(''));
        const kept = {
          minDurationS: end - start >= 1 - 1e-9,
          maxDurationS: end - start <= 7 + 1e-9,
          gapMs: start - previous >= 0.1 - 1e-9,
        };
        for (const [rule, holds] of Object.entries(kept)) {
          assert.equal(found.has(`${index + 1} ${rule}`), !holds, `${rule} of cue ${index + 1}`);
        }
        assert.ok(end - start <= 7 + 1e-9 && !found.has(`${index + 1} lineWidth`));
      }
      const numbers = [...formatSrt(cues).matchAll(/^(\d+)\n\d\d:/gmu)].map(([, one]) =>
        Number(one),
      );
      assert.deepEqual(
        numbers,
        [...cues.keys()].map((index) => index + 1),
      );
    }),
    { numRuns: 300 },
  );
  t.pass('300 transcripts');
});

t.test('when the rules are others, lines keep to them and no text is lost', async (t) => {
  const rules = fc.record({
    lineWidth: fc.integer({ min: 10, max: 80 }),
    lines: fc.integer({ min: 1, max: 2 }),
    minDurationS: fc.double({ min: 0, max: 1, noNaN: true }),
    maxDurationS: fc.double({ min: 1, max: 9, noNaN: true }),
    mergeGapS: fc.double({ min: 0, max: 3, noNaN: true }),
    gapMs: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(spokenSegments, rules, ({ segments, language }: Spoken, options) => {
      const cues = cuesOf(segments, options, { language });
      const kept = cues.flatMap(({ lines }) => lines);
      assert.equal(textOf(kept), textOf(segments.map((one) => one.text)));
      const never = new Set(['lineWidth', 'lines', 'maxDurationS', 'overlap', 'empty']);
      assert.deepEqual(
        checkCues(cues, options).filter(({ rule }) => never.has(rule)),
        [],
      );
    }),
    { numRuns: 200 },
  );
  t.pass('200 transcripts');
});

t.test('when no word is hurried and no line too long, nothing is left to report', async (t) => {
  // Slow enough to be read, and short enough for two lines.
  const calm = fc.array(
    fc.record({
      words: fc.integer({ min: 1, max: 60 }),
      pause: fc.double({ min: 0.2, max: 4, noNaN: true }),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(calm, (parts) => {
      const segments = said(
        ...parts.map(({ words, pause }): [string, number, number] => [
          Array.from({ length: words }, (_, index) => `word${index % 7 === 6 ? ',' : ''}`).join(
            ' ',
          ),
          Math.max(1, words * 0.4),
          pause,
        ]),
      );
      assert.deepEqual(checkCues(cuesOf(segments, {}, { language: 'en' })), []);
    }),
    { numRuns: 100 },
  );
  t.pass('100 transcripts');
});

t.test('when segments come one by one, the same cues leave soon and in order', async (t) => {
  await fc.assert(
    fc.asyncProperty(spokenSegments, async ({ segments, language }: Spoken) => {
      const streamed: Cue[] = [];
      for await (const cue of streamCues(segments, {}, { language })) streamed.push(cue);
      assert.deepEqual(streamed, cuesOf(segments, {}, { language }));
    }),
    { numRuns: 50 },
  );
  const endless = 'and then they said that it was so because of the way '.repeat(10);
  const builder = new CueBuilder();
  let left = 0;
  const behind: number[] = [];
  for (let at = 0; at < 3600; at += 30) {
    left = builder.add({ start: at, end: at + 30, text: endless }).at(-1)?.end ?? left;
    behind.push(at + 30 - left);
  }
  t.ok(Math.max(...behind) < 60, `${Math.max(...behind)} s behind`);
});

t.test('when channels talk at once, cues leave in order of their starts', async (t) => {
  const channels = fc.array(
    fc.record({
      channel: fc.integer({ min: 0, max: 2 }),
      gap: fc.nat(3),
      length: fc.integer({ min: 1, max: 30 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(channels, (parts) => {
      let at = 0;
      const builder = new CueBuilder();
      const cues = parts.flatMap(({ channel, gap, length }) => {
        at += gap;
        const text = 'one two three four five six '.repeat(length);
        return builder.add({ start: at, end: at + length, text, channel });
      });
      cues.push(...builder.end());
      const starts = cues.map(({ start }) => start);
      assert.deepEqual(
        starts,
        starts.toSorted((a, b) => a - b),
      );
    }),
  );
  t.pass('100 conversations');
});
