import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Recognizer } from '../../src/engines/recognizer.js';
import { cuesOf } from '../../src/subtitles/cues.js';
import type { Segment } from '../../src/types.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { modelsDir } from '../helpers/models.js';
import { silence } from '../helpers/sounds.js';
import { joined, pcmFile, readPcm } from '../helpers/wav.js';
import { wordErrors } from '../helpers/word-error-rate.js';

// Two people on two lines: the second one begins six seconds later, both say the same.
const jfk = readPcm(audioPath('jfk.wav'));
const text = recordings('refs.json').find(({ name }) => name === 'jfk.wav')?.text ?? '';
const later = 6;
const stereo = pcmFile([joined([jfk, silence(later)]), joined([silence(later), jfk])]);
const folder = t.testdir();
const wav = join(folder, 'two.wav');
const m4a = join(folder, 'two.m4a');
writeFileSync(wav, stereo);
await ffmpeg('-i', wav, '-c:a', 'aac', '-b:a', '128k', m4a);

const recognizer = await Recognizer.load('tiny.en', { engine: 'ctranslate2', ...modelsDir });
t.teardown(() => recognizer.close());
const textOf = (segments: readonly Segment[]): string => segments.map((one) => one.text).join(' ');

t.test('when channels are split, each has its own words at their times', async (t) => {
  for (const [name, input] of Object.entries({ wav, m4a, bytes: stereo })) {
    const told: Segment[] = [];
    const { segments, duration } = await recognizer.transcribe(
      input,
      { channels: 'split' },
      { onSegment: (segment) => told.push(segment) },
    );
    t.same(told, segments, name);
    t.same(
      segments.map(({ id }) => id),
      [...segments.keys()],
    );
    t.ok(Math.abs(duration - 11 - later) < 0.1, `${name}: ${duration} s`);
    for (const channel of [0, 1]) {
      const own = segments.filter((segment) => segment.channel === channel);
      const { errors } = wordErrors(text, textOf(own));
      t.ok(errors <= 1, `${name}, channel ${channel}: ${errors} words wrong: ${textOf(own)}`);
      const from = channel * later;
      t.ok(own.every(({ start, end }) => start >= from - 0.3 && end <= from + 11.3));
    }
    const cues = cuesOf(segments);
    t.same(new Set(cues.map(({ voice }) => voice)), new Set(['Channel 1', 'Channel 2']));
  }
});

t.test(
  'when there is nothing to split, a note says so; what is read once is refused',
  async (t) => {
    const notes: string[] = [];
    for (const input of [audioPath('jfk.wav'), jfk]) {
      const { segments } = await recognizer.transcribe(
        input,
        { channels: 'split' },
        { onNote: (note) => notes.push(note) },
      );
      t.ok(segments.every(({ channel }) => channel === undefined));
    }
    t.same(notes.length, 2);
    t.match(notes[0], /one channel/u);
    await t.rejects(recognizer.transcribe(createReadStream(wav), { channels: 'split' }), {
      code: 'CPW_INVALID_OPTIONS',
      message: /which a stream does not allow\. Next step/u,
    });
  },
);

t.test('when clips are asked for, only they are heard, at their times', async (t) => {
  const pause = silence(4);
  const whole = joined([jfk, pause, jfk, pause, jfk]);
  for (const vad of [true, false]) {
    for (const clips of [
      ['0-11', '30-41'],
      [{ start: '0:15', end: 26 }, '30-'],
    ]) {
      const transcript = await recognizer.transcribe(whole, { clips, vad });
      const { start = 0, duration, clips: read = [], segments } = transcript;
      t.equal(read.length, 2);
      t.ok(Math.abs(start + duration - 41) < 0.01, `until ${start + duration} s`);
      for (const clip of read) {
        const own = segments.filter((one) => one.start >= clip.start && one.end <= clip.end);
        const { errors } = wordErrors(text, textOf(own));
        t.ok(errors <= 1, `${clip.start} s: ${errors} words wrong: ${textOf(own)}`);
      }
      const inside = segments.filter((one) =>
        read.some((clip) => one.start >= clip.start && one.end <= clip.end),
      );
      t.equal(inside.length, segments.length, 'no segment reaches over a gap');
    }
  }
  await t.rejects(recognizer.transcribe(jfk, { clips: ['0-3', '20-30'] }), {
    code: 'CPW_INVALID_OPTIONS',
    message: /The start of clip 2 is at 20\.000 s, but the audio is only 11\.000 s long/u,
  });
});

t.test('when clips of each channel are asked for, both hold', async (t) => {
  const options = { channels: 'split', clips: ['0-3', '5.5-17'] } as const;
  const { segments } = await recognizer.transcribe(wav, { ...options, clips: [...options.clips] });
  t.ok(segments.every(({ start, end }) => end <= 3 || start >= 5.5));
  const { errors } = wordErrors(text, textOf(segments.filter(({ channel }) => channel === 1)));
  t.ok(errors <= 1, textOf(segments));
});
