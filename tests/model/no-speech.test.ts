import t from 'tap';
import { Recognizer } from '../../src/engines/recognizer.js';
import type { EngineName, Transcript } from '../../src/types.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { hum, music, pinkNoise, silence, sweeps, tones, whiteNoise } from '../helpers/sounds.js';
import { joined, readPcm } from '../helpers/wav.js';
import { normalizedWords, wordErrors } from '../helpers/word-error-rate.js';

const engines: readonly EngineName[] = ['whisper', 'ctranslate2'];
const models = ['tiny.en', 'base'] as const;
const minute = 60;

const sounds: Readonly<Record<string, () => Float32Array>> = {
  'digital silence': () => silence(minute),
  'white noise': () => whiteNoise(minute, 0.3),
  'faint white noise': () => whiteNoise(minute, 0.003),
  'pink noise': () => pinkNoise(minute, 0.5),
  'faint pink noise': () => pinkNoise(minute, 0.01),
  'a hum of 50 Hz': () => hum(minute, 50),
  'a hum of 60 Hz': () => hum(minute, 60),
  tones: () => tones(minute),
  sweeps: () => sweeps(minute),
  music: () => music(minute),
};

const jfk = readPcm(audioPath('jfk.wav'));
const jfkText = recordings('refs.json').find(({ name }) => name === 'jfk.wav')?.text ?? '';
const textOf = ({ segments }: Transcript): string => segments.map(({ text }) => text).join(' ');

for (const model of models) {
  for (const engine of engines) {
    t.test(`when nobody speaks, ${model} on ${engine} writes not one word`, async (t) => {
      await using recognizer = await Recognizer.load(model, { engine, ...modelsDir });
      for (const [name, make] of Object.entries(sounds)) {
        const transcript = await recognizer.transcribe(make());
        t.same(normalizedWords(textOf(transcript)), [], name);
        t.same(transcript.segments, [], name);
        t.ok(Math.abs(transcript.duration - minute) < 0.01, `${name}: ${transcript.duration} s`);
      }
    });

    t.test(
      `when silence surrounds speech, ${model} on ${engine} keeps words and times`,
      async (t) => {
        await using recognizer = await Recognizer.load(model, { engine, ...modelsDir });
        const alone = await recognizer.transcribe(jfk, { language: 'en' });
        t.ok(wordErrors(jfkText, textOf(alone)).errors <= 1, textOf(alone));
        const quiet = { silence: silence(minute), 'faint noise': pinkNoise(minute, 0.003) };
        for (const [name, pause] of Object.entries(quiet)) {
          const around = joined([pause, jfk, pause, jfk, pause]);
          const { segments, duration } = await recognizer.transcribe(around, { language: 'en' });
          t.ok(Math.abs(duration - (3 * minute + 22)) < 0.1, `${name}: ${duration} s`);
          for (const begin of [minute, 2 * minute + 11]) {
            const here = segments.filter(({ start }) => Math.abs(start - begin - 5) < 15);
            const said = here.map(({ text }) => text).join(' ');
            const { errors } = wordErrors(jfkText, said);
            t.ok(errors <= 1, `${name}, ${begin} s: ${errors} words wrong: ${said}`);
            const starts = (here[0]?.start ?? 0) - begin - (alone.segments[0]?.start ?? 0);
            const ends = (here.at(-1)?.end ?? 0) - begin - (alone.segments.at(-1)?.end ?? 0);
            t.ok(Math.abs(starts) < 0.5, `${name}, ${begin} s: begins ${starts} s late`);
            t.ok(Math.abs(ends) < 0.5, `${name}, ${begin} s: ends ${ends} s late`);
          }
          const elsewhere = segments.filter(
            ({ start, end }) => !inside(start, end, minute) && !inside(start, end, 2 * minute + 11),
          );
          t.same(elsewhere, [], `${name}: no text outside of the speech`);
        }
      },
    );
  }
}

t.test('when everything is let through to the model, what is made up goes', async (t) => {
  await using recognizer = await Recognizer.load('tiny.en', {
    engine: 'ctranslate2',
    ...modelsDir,
  });
  const made: string[] = [];
  for (const name of ['faint white noise', 'a hum of 60 Hz']) {
    const { segments, removed = [] } = await recognizer.transcribe(sounds[name]?.() ?? '', {
      vad: { threshold: 0 },
      // The model is made to write it, and all that would stop it is off.
      prefix: 'Thanks for watching!',
      noSpeechThreshold: 1,
      logProbThreshold: -1000,
      temperature: 0,
    });
    t.same(segments, [], name);
    for (const { start, end, text, reason } of removed) {
      t.ok(start >= 0 && start < end && end <= minute, `${start}–${end}`);
      made.push(`${name}: ${text} (${reason})`);
    }
  }
  t.not(made.length, 0, 'something was made up, and is reported');
  t.comment(made.join('\n'));
});

function inside(start: number, end: number, begin: number): boolean {
  return start >= begin - 0.5 && end <= begin + 11.5;
}
