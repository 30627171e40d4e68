import t from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { parseAss } from '../../src/subtitles/ass.js';
import { parseSrt } from '../../src/subtitles/srt.js';
import { parseVtt } from '../../src/subtitles/vtt.js';
import { film, run, textOf } from './run-translate.js';

/** What the demo model says of the first sentence, which none of its parts comes to. */
const whole = 'Todo está bien, pero llama a María a las dos. Tengo hambre.';

t.test('when subtitles are translated, a sentence over two cues is one', async (t) => {
  const ended = await run(t, { 'film.srt': film }, ['--source', 'en', '--to', 'es']);
  t.equal(ended.status, 0, ended.stderr);
  t.same(ended.written, ['film.es.srt'], 'in the form of the input');
  const cues = parseSrt(await ended.read('film.es.srt'));
  t.equal(textOf(cues.filter(({ start }) => start < 5)), whole);
  t.equal(cues[0]?.start, 1);
  t.match(
    textOf(cues.filter(({ start }) => start >= 5)),
    /^\[你好吗 你好吗\] ♪ 123$/u,
    'what is no translation is marked, and what needs none is not',
  );
  t.match(ended.stderr, /to es: at 0:07: unknown-text/u);
  t.notMatch(ended.stderr, /0:11/u);
});

t.test(
  'when subtitles are translated, cues keep their times and speakers their lines',
  async (t) => {
    const given = `1
00:00:01,000 --> 00:00:02,500
Everything is fine, but call

2
00:00:02,600 --> 00:00:04,500
Maria at two o'clock.

3
00:00:05,000 --> 00:00:07,000
- I am hungry.
- Do not worry.
`;
    const ended = await run(t, { 'film.srt': given }, ['--source', 'en', '--to', 'es']);
    t.equal(ended.status, 0, ended.stderr);
    const cues = parseSrt(await ended.read('film.es.srt'));
    t.same(
      cues.map(({ start, end }) => [start, end]),
      [
        [1, 2.5],
        [2.6, 4.5],
        [5, 7],
      ],
      'close cues are not merged: whoever timed them knew the picture',
    );
    t.equal(textOf(cues.slice(0, 2)), 'Todo está bien, pero llama a María a las dos.');
    t.match(cues[0]?.lines.join(' '), /^Todo está bien,/u);
    t.match(cues[1]?.lines.join(' '), /las dos\.$/u);
    t.same(cues[2]?.lines, ['- Tengo hambre.', '- No te preocupes.']);
    t.match(
      ended.stderr,
      /warning: .*film\.srt to es: cue 1 \(1\.000 s\) is read at 17\.33 characters a second/u,
      'what the times leave too little room for is told',
    );
  },
);

t.test('when a form is asked for, subtitles are written and read in all of them', async (t) => {
  const args = ['--source', 'en', '--to', 'es', '--format', 'txt,vtt,ass,json'];
  const first = await run(t, { 'film.srt': film }, args);
  t.equal(first.status, 0, first.stderr);
  t.same(first.written, ['film.es.ass', 'film.es.json', 'film.es.txt', 'film.es.vtt']);
  const vtt = await first.read('film.es.vtt');
  const ass = await first.read('film.es.ass');
  t.match(textOf(parseVtt(vtt)), whole);
  t.match(textOf(parseAss(ass)), whole);
  t.equal(
    await first.read('film.es.txt'),
    'Todo está bien, pero llama a María a las dos.\nTengo hambre.\n[你好吗 你好吗]\n♪ 123\n',
  );
  t.equal(parseTranscript(await first.read('film.es.json')).language, 'es');

  const inputs = { 'a.vtt': vtt, 'b.ass': ass, 'c.SSA': ass };
  const back = await run(t, inputs, ['--source', 'es', '--to', 'en']);
  t.equal(back.status, 0, back.stderr);
  t.same(back.written, ['a.en.vtt', 'b.en.ass', 'c.en.ass']);
  const english = /^Everything is fine, but call Maria at two o'clock\. I am hungry\./u;
  t.match(textOf(parseVtt(await back.read('a.en.vtt'))), english);
  t.match(textOf(parseAss(await back.read('b.en.ass'))), english);
});

t.test('when cues overlap, the translation is still in order and whole', async (t) => {
  const vtt = `WEBVTT

00:00.000 --> 00:10.000
Do not worry. This is my

00:01.000 --> 00:03.000
uncle. I am hungry.

00:04.000 --> 00:05.000
I have three books.
`;
  const args = ['--source', 'en', '--to', 'es', '--format', 'json,vtt'];
  const ended = await run(t, { 'talk.vtt': vtt }, args);
  t.equal(ended.status, 0, ended.stderr);
  const text = textOf(parseVtt(await ended.read('talk.es.vtt')));
  for (const one of ['No te preocupes.', 'Este es mi tío.', 'Tengo hambre.', 'Tengo tres libros.'])
    t.match(text, one);
});
