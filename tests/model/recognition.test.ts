import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import { Recognizer } from '../../src/engines/recognizer.js';
import { SpeechDetector } from '../../src/engines/speech-detector.js';
import type { AudioInput } from '../../src/media/input.js';
import type { RecognizerOptions } from '../../src/options/recognizer.js';
import type { EngineName, Segment } from '../../src/types.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { sumOf, wordErrorRate, wordErrors, type WordErrors } from '../helpers/word-error-rate.js';

const engines: readonly EngineName[] = ['whisper', 'ctranslate2'];
const jfk = audioPath('jfk.wav');
const jfkText = recordings('refs.json').find(({ name }) => name === 'jfk.wav')?.text ?? '';
const english = [...recordings('refs.json'), ...recordings('real/refs.json')].filter(
  ({ language }) => language === 'en',
);

const load = (model: string, options: RecognizerOptions) =>
  Recognizer.load(model, { ...options, ...modelsDir });
const textOf = (segments: readonly Segment[]) => segments.map(({ text }) => text).join(' ');

for (const model of ['tiny.en', 'base']) {
  t.test(
    `when ${model} hears the English recordings, each engine's errors stay within .06`,
    async (t) => {
      const texts = new Map<string, string[]>();
      for (const engine of engines) {
        await using recognizer = await load(model, { engine });
        const counts: { name: string; count: WordErrors }[] = [];
        for (const { name, path, text } of english) {
          const { segments, duration, language } = await recognizer.transcribe(path, {
            language: 'en',
          });
          const found = textOf(segments);
          texts.set(name, [...(texts.get(name) ?? []), found]);
          counts.push({ name, count: wordErrors(text, found) });
          t.equal(language, 'en');
          checkSegments(t, segments, duration);
        }
        const total = sumOf(counts.map(({ count }) => count));
        const worst = counts.filter(({ count }) => count.errors > 0);
        t.comment(`${model} ${engine}: ${total.errors}/${total.words} ${JSON.stringify(worst)}`);
        t.ok(wordErrorRate(total) <= 0.06, `${engine}: ${total.errors} of ${total.words} words`);
        const ofJfk = counts.find(({ name }) => name === 'jfk.wav')?.count.errors;
        t.ok(ofJfk !== undefined && ofJfk <= 1, `jfk.wav: ${ofJfk} wrong`);
      }
      const between = sumOf([...texts.values()].map(([a = '', b = '']) => wordErrors(a, b)));
      t.comment(`${model}: engines differ in ${between.errors}/${between.words}`);
      t.ok(
        wordErrorRate(between) <= 0.05,
        `engines differ in ${between.errors} of ${between.words}`,
      );
    },
  );
}

t.test('when the language is not given, base finds it', async (t) => {
  const expected = [
    ['es-quijote.flac', 'es'],
    ['de-faust.flac', 'de'],
    ['fr-miserables.flac', 'fr'],
    ['jfk.wav', 'en'],
  ] as const;
  for (const engine of engines) {
    await using recognizer = await load('base', { engine });
    for (const [name, language] of expected) {
      const [first] = await recognizer.detectLanguage(audioPath(name));
      t.equal(first?.language, language, `${engine} ${name}`);
      t.ok((first?.probability ?? 0) > 0.5);
    }
    const { language, languageProbability } = await recognizer.transcribe(
      audioPath('de-faust.flac'),
    );
    t.equal(language, 'de');
    t.ok(languageProbability > 0.5);
    const { segments } = await recognizer.transcribe(audioPath('es-quijote.flac'), {
      task: 'translate',
    });
    t.match(textOf(segments), /\b(the|of|and)\b/u, `${engine} translates to English`);
  }
});

t.test('when the input comes in another form, the text is the same', async (t) => {
  const bytes = readFileSync(jfk);
  const samples = Float32Array.from(
    new Int16Array(
      bytes.buffer.slice(
        bytes.byteOffset + bytes.indexOf('data') + 8,
        bytes.byteOffset + bytes.length,
      ),
    ),
    (value) => value / 32_768,
  );
  function* pieces<T extends Uint8Array | Float32Array>(whole: T, size: number): Generator<T> {
    for (let i = 0; i < whole.length; i += size) yield whole.subarray(i, i + size) as T;
  }
  async function* chunks(): AsyncGenerator<Float32Array> {
    yield* pieces(samples, 1_234);
  }
  // Made anew for each call: a stream can be read once.
  const inputs: Readonly<Record<string, () => AudioInput>> = {
    path: () => jfk,
    url: () => pathToFileURL(jfk),
    bytes: () => bytes,
    readable: () => createReadStream(jfk),
    'readable in small pieces': () => Readable.from(pieces(bytes, 777)),
    mp3: () => audioPath('jfk.mp3'),
    'ogg as a stream': () => createReadStream(audioPath('jfk.ogg')),
    samples: () => samples,
    'stream of samples': () => chunks(),
  };
  for (const engine of engines) {
    await using recognizer = await load('tiny.en', { engine });
    for (const [name, make] of Object.entries(inputs)) {
      const { segments, duration } = await recognizer.transcribe(make());
      const { errors } = wordErrors(jfkText, textOf(segments));
      t.ok(errors <= 1, `${engine} ${name}: ${errors} wrong`);
      t.ok(Math.abs(duration - 11) < 0.1, `${engine} ${name}: ${duration} s`);
    }
  }
});

t.test(
  'when segments are iterated, they come one by one, and leaving early stops the call',
  async (t) => {
    await using recognizer = await load('tiny.en', { engine: 'ctranslate2' });
    const file = audioPath('en-gettysburg.flac');
    const iterated: Segment[] = [];
    for await (const segment of recognizer.transcribe(file)) iterated.push(segment);
    const whole = await recognizer.transcribe(file);
    t.same(iterated, whole.segments);
    t.ok(iterated.length > 3, `${iterated.length} segments`);
    for await (const segment of recognizer.transcribe(file)) {
      t.equal(segment.id, 0);
      break;
    }
  },
);

t.test('when VAD is off, windows seek by timestamps and the text is as good', async (t) => {
  const path = audioPath('en-gettysburg.flac');
  const text = english.find(({ name }) => name === 'en-gettysburg.flac')?.text ?? '';
  for (const engine of engines) {
    await using recognizer = await load('tiny.en', { engine });
    const { segments, duration } = await recognizer.transcribe(path, { vad: false });
    checkSegments(t, segments, duration);
    const count = wordErrors(text, textOf(segments));
    t.ok(wordErrorRate(count) <= 0.08, `${engine}: ${count.errors} of ${count.words}`);
  }
});

t.test('when the option cannot hold, the error says so', async (t) => {
  for (const engine of engines) {
    await using recognizer = await load('tiny.en', { engine });
    await t.rejects(recognizer.transcribe(jfk, { language: 'de' }), {
      code: 'CPW_UNSUPPORTED_LANGUAGE',
    });
    await t.rejects(recognizer.transcribe(jfk, { task: 'translate' }), { name: 'CpwError' });
    await t.rejects(recognizer.transcribe('/no/such.wav'), { code: 'CPW_FILE_NOT_FOUND' });
    await t.rejects(recognizer.transcribe(new Uint8Array(0)), { code: 'CPW_UNSUPPORTED_MEDIA' });
    await t.rejects(recognizer.transcribe(Buffer.from('not audio at all')), {
      code: 'CPW_UNSUPPORTED_MEDIA',
    });
    const silent = await recognizer.transcribe(new Float32Array(16_000 * 5));
    t.same(silent.segments, []);
    t.same((await recognizer.transcribe(new Float32Array(0))).segments, []);
    t.same(
      (await recognizer.transcribe(new Float32Array(150).fill(0.5), { vad: false })).segments,
      [],
    );
  }
});

t.test('when speech is looked for, jfk.wav has its four stretches', async (t) => {
  await using detector = await SpeechDetector.load(modelsDir);
  const segments = await detector.detectSpeech(jfk, { minSilenceDurationMs: 100, speechPadMs: 30 });
  t.comment(JSON.stringify(segments));
  t.equal(segments.length, 4);
  t.same(await detector.detectSpeech(new Float32Array(48_000)), []);
  detector.close();
  await t.rejects(detector.detectSpeech(jfk), { code: 'CPW_CLOSED' });
});

function checkSegments(t: Test, segments: readonly Segment[], duration: number): void {
  let last = 0;
  for (const { id, start, end, text, confidence } of segments) {
    const fine =
      start >= last && end > start && end <= duration + 0.01 && text === text.trim() && text !== '';
    if (!fine || confidence <= 0 || confidence > 1)
      t.fail(`segment ${id}: ${start}-${end} ${text}`);
    last = end;
  }
  t.same(
    segments.map(({ id }) => id),
    segments.map((_, index) => index),
  );
}

t.test('when batches are wider or narrower, the words stay and the choice is told', async (t) => {
  const tale = recordings('refs.json').find(({ name }) => name === 'en-tale.flac');
  if (tale === undefined) throw new Error('en-tale.flac has no reference');
  for (const [batchSize, told] of [
    ['auto', /batches of up to 4 windows or 60 s: more gains little on a cpu/],
    [1, /batches of one window: as asked/],
    [128, /batches of up to 128 windows or 3840 s: as asked/],
  ] as const) {
    await using recognizer = await load('tiny.en', { engine: 'ctranslate2', batchSize });
    t.match(recognizer.info.reason, told);
    const { segments } = await recognizer.transcribe(tale.path, { windowS: 8 });
    const { errors, words } = wordErrors(tale.text, textOf(segments));
    t.ok(errors <= words * 0.06, `batchSize ${batchSize}: ${errors} of ${words} words`);
  }
  await t.rejects(load('tiny.en', { engine: 'whisper', batchSize: 2 }), {
    code: 'CPW_INVALID_OPTIONS',
    message: /batchSize 2 has no effect on the whisper engine/,
  });
});
