import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { SpeechDetector } from '../../src/engines/speech-detector.js';
import { loadProbe, probe } from '../helpers/probe.js';
import { publishedSilero } from '../helpers/silero.js';
import { wavOf, type WavShape } from '../helpers/wav.js';

const encodings = [
  { tag: 1, bits: 8 },
  { tag: 1, bits: 16 },
  { tag: 1, bits: 24 },
  { tag: 1, bits: 32 },
  { tag: 3, bits: 32 },
  { tag: 3, bits: 64 },
] as const;

const shapes: fc.Arbitrary<WavShape> = fc.record({
  encoding: fc.constantFrom(...encodings),
  channels: fc.integer({ min: 1, max: 8 }),
  rate: fc.constantFrom(8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000),
  frames: fc.integer({ min: 1, max: 8_000 }),
  extensible: fc.boolean(),
  // As recorders that cannot seek write the length, or one that is right.
  length: fc.constantFrom('right', 'unknown', 'zero'),
  chunkBefore: fc.constantFrom(0, 4, 5),
});

t.test('when a WAV of any shape is given in any pieces, its time is what it holds', async (t) => {
  const recognizer = await loadProbe();
  const property = fc.asyncProperty(
    shapes,
    fc.integer({ min: 100, max: 5_000 }),
    async (wav, size) => {
      const bytes = wavOf(wav);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const expected = Math.ceil((wav.frames * 16_000) / wav.rate) / 16_000;
      const whole = await probe(recognizer, bytes);
      const inPieces = await probe(recognizer, pieces());
      return whole.duration === expected && inPieces.duration === expected;
    },
  );
  await fc.assert(property, { numRuns: 30 });
  recognizer.close();
  t.pass('30 files');
});

t.test('when a path is odd, the file is found, and missing ones are told by name', async (t) => {
  const recognizer = await loadProbe();
  const folder = t.testdir();
  const bytes = wavOf({ encoding: { tag: 1, bits: 16 }, channels: 1, rate: 16_000, frames: 8_000 });
  const odd = fc
    .string({
      unit: fc.constantFrom(
        '%',
        '#',
        '?',
        ' ',
        "'",
        '"',
        '\\',
        'é',
        '日',
        '😀',
        '\n',
        'a',
        '-',
        '&',
        '*',
        '.',
      ),
      minLength: 1,
      maxLength: 40,
    })
    .filter((name) => name !== '.' && name !== '..');
  await fc.assert(
    fc.asyncProperty(odd, async (name) => {
      const file = path.join(folder, name);
      await t.rejects(probe(recognizer, `${file}~`), { code: 'CPW_FILE_NOT_FOUND' });
      writeFileSync(file, bytes);
      const byPath = await probe(recognizer, file);
      const byUrl = await probe(recognizer, pathToFileURL(file));
      return byPath.duration === 0.5 && byUrl.duration === 0.5;
    }),
    { numRuns: 30 },
  );
  mkdirSync(path.join(folder, 'folder.wav'));
  await t.rejects(probe(recognizer, path.join(folder, 'folder.wav')), {
    code: 'CPW_FILE_NOT_FOUND',
    message: /is a folder/,
  });
  for (const wrong of ['', `${folder}/a\0.wav`]) {
    await t.rejects(probe(recognizer, wrong), { code: 'CPW_INVALID_OPTIONS' });
  }
  recognizer.close();
});

t.test('when a stream has not begun, an abort is not held up by it', async (t) => {
  const detector = await SpeechDetector.load({ path: publishedSilero });
  let begun = 0;
  const silent: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        begun += 1;
        return new Promise(() => undefined);
      },
    }),
  };
  const controller = new AbortController();
  const running = detector.detectSpeech(silent, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await t.rejects(running, { message: 'enough' });
  t.equal(begun, 1);
  const already = detector.detectSpeech(silent, {}, { signal: AbortSignal.abort(new Error('no')) });
  await t.rejects(already, { message: 'no' });
  detector.close();
});
