import t, { type Test } from 'tap';
import { Recognizer } from '../../src/engines/recognizer.js';
import type { TranscribeOptions } from '../../src/options/transcribe.js';
import type { Segment } from '../../src/types.js';
import { audioPath } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';

const jfk = audioPath('jfk.wav');
const tale = audioPath('en-tale.flac');
const alice = audioPath('en-alice.flac');
const english = await Recognizer.load('tiny.en', { engine: 'whisper', ...modelsDir });
t.teardown(() => english.close());

const textOf = (segments: readonly Segment[]) => segments.map(({ text }) => text).join(' ');
async function say(file: string, options: TranscribeOptions): Promise<string> {
  return textOf((await english.transcribe(file, options)).segments);
}
async function segmentsOf(file: string, options: TranscribeOptions): Promise<readonly Segment[]> {
  return (await english.transcribe(file, options)).segments;
}

t.test('when a prefix is given, the first window begins with it', async (t) => {
  t.match(await say(jfk, { prefix: 'My dear listeners,' }), /^My dear listeners,/u);
  t.notMatch(await say(jfk, {}), /dear listeners/u);
});

t.test('when hotwords or a prompt tell a spelling, it is used', async (t) => {
  const plain = await say(jfk, {});
  t.match(plain, /fellow/iu);
  const spelt = 'fello Amerikans, fello Amerikans';
  t.not(await say(jfk, { hotwords: spelt }), plain, 'hotwords');
  t.not(await say(jfk, { initialPrompt: spelt }), plain, 'initialPrompt');
});

t.test('when tokens are suppressed, they are not written', async (t) => {
  const country = 1499; // " country" in GPT-2's vocabulary
  t.match(await say(jfk, {}), /country/u);
  t.notMatch(await say(jfk, { suppressTokens: [-1, country] }), / country/u);
  await t.rejects(say(jfk, { suppressTokens: [60_000] }), { code: 'CPW_INVALID_OPTIONS' });
});

t.test('when repetition is penalized or banned, the text changes', async (t) => {
  const count = (text: string) => text.match(/country/gu)?.length ?? 0;
  t.equal(count(await say(jfk, {})), 2);
  t.ok(count(await say(jfk, { noRepeatNgramSize: 1 })) <= 1, 'noRepeatNgramSize');
  t.ok(count(await say(jfk, { repetitionPenalty: 3 })) <= 1, 'repetitionPenalty');
});

t.test('when texts are drawn, more of them make a likelier one', async (t) => {
  const likelihood = async (bestOf: number) => {
    const found = await segmentsOf(jfk, { temperature: 1, bestOf, logProbThreshold: -1000 });
    t.ok(found.length > 0 && found.every((one) => one.pass === 'sampled'));
    t.ok(found.every(({ temperature }) => temperature === 1));
    return found.reduce((sum, { avgLogprob }) => sum + avgLogprob, 0) / found.length;
  };
  const one = await likelihood(1);
  t.ok((await likelihood(8)) > one);
});

t.test('when a threshold cannot be met, the whole ladder is climbed', async (t) => {
  const easy = await segmentsOf(jfk, {});
  t.ok(easy.every(({ pass, temperature }) => pass === 'first' && temperature === 0));
  const beamed = await segmentsOf(jfk, { logProbThreshold: 0, temperature: 0 });
  checkAtLeastAsLikely(t, beamed, easy);
  // No text shrinks by less than that, so each pass looks looped, and the likeliest is kept.
  const looped = await segmentsOf(jfk, { compressionRatioThreshold: 0.1, temperature: 0 });
  checkAtLeastAsLikely(t, looped, easy);
  t.ok(looped.every(({ compressionRatio }) => compressionRatio > 0.5));
});

t.test('when speech lasts a few seconds, the first pass is right, and said once', async (t) => {
  const [first, ...others] = await segmentsOf(jfk, { clips: ['0-3'], vad: false });
  t.match(first, { pass: 'first', text: /fellow americans/iu });
  t.same(others, []);
});

t.test('when the thresholds call speech silence, it is not written', async (t) => {
  // No text is certain, and nothing is surely speech.
  const strict: TranscribeOptions = { temperature: 0, logProbThreshold: 0, noSpeechThreshold: 0 };
  t.equal(await say(jfk, strict), '');
  t.match(await say(jfk, { ...strict, noSpeechThreshold: 1 }), /country/u, 'noSpeechThreshold');
  t.match(await say(jfk, { ...strict, logProbThreshold: -1000 }), /country/u, 'logProbThreshold');
});

t.test('when the search is wider, patient or rewards length, texts differ', async (t) => {
  const hard: TranscribeOptions = {
    temperature: 0,
    logProbThreshold: -1000,
    compressionRatioThreshold: 0,
  };
  const say5 = (more: TranscribeOptions) => say(alice, { ...hard, beamSize: 5, ...more });
  const beam = await say5({});
  t.not(await say(alice, { ...hard, beamSize: 1 }), beam, 'beamSize');
  t.not(await say5({ patience: 2 }), beam, 'patience');
  t.not(await say5({ lengthPenalty: 0 }), await say5({ lengthPenalty: 10 }), 'lengthPenalty');
});

t.test('when several languages are spoken, each window says its own', async (t) => {
  await using base = await Recognizer.load('base', { engine: 'whisper', ...modelsDir });
  const heard = async (name: string) => {
    const { segments } = await base.transcribe(audioPath(name), {
      language: 'en',
      multilingual: true,
    });
    return new Set(segments.map(({ language }) => language));
  };
  t.same(await heard('de-faust.flac'), new Set(['de']));
  t.same(await heard('es-quijote.flac'), new Set(['es']));
  await t.rejects(say(jfk, { multilingual: true }), { code: 'CPW_INVALID_OPTIONS' });
});

t.test('when a call is aborted inside a window, it ends within 100 ms', async (t) => {
  for (const delay of [50, 150, 300]) {
    const controller = new AbortController();
    const call = english.transcribe(tale, { beamSize: 5 }, { signal: controller.signal });
    const ended = t.rejects(
      call.then(() => undefined),
      { name: 'AbortError' },
    );
    await new Promise((resolve) => setTimeout(resolve, delay));
    const aborted = performance.now();
    controller.abort();
    await ended;
    const took = performance.now() - aborted;
    t.comment(`aborted after ${delay} ms: ${took.toFixed(1)} ms`);
    t.ok(took < 100, `${took} ms`);
  }
});

function checkAtLeastAsLikely(t: Test, found: readonly Segment[], first: readonly Segment[]) {
  const least = (segments: readonly Segment[]) =>
    Math.min(...segments.map(({ avgLogprob }) => avgLogprob));
  t.ok(least(found) >= least(first) - 1e-6, `${least(found)} after ${least(first)}`);
}
