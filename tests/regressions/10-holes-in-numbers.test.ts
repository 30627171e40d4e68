import t from 'tap';
import { formatTranscript } from '../../src/export/write-transcript.js';
import type { Cue } from '../../src/subtitles/cue.js';
import { cuesOf } from '../../src/subtitles/cues.js';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { formatSrt } from '../../src/subtitles/srt.js';
import { segment } from '../helpers/segments.js';

// The forerunner numbered the cues, then dropped some: players stop at a number that is missing.
t.test('when some segments have no text, SubRip numbers have no holes', async (t) => {
  const texts = ['One.', ' ', '', '\u0000', 'Two.', '\n', 'Three.'];
  const segments = texts.map((text, index) => ({ start: index * 10, end: index * 10 + 2, text }));
  const empty: Cue = { start: 100, end: 101, lines: [' '] };
  const last: Cue = { start: 102, end: 103, lines: ['Four.'] };
  const file = formatSrt([...cuesOf(segments), empty, last]);
  t.strictSame(
    file.split('\n\n').map((block) => block.split('\n').filter((line) => !line.includes('-->'))),
    [
      ['1', 'One.'],
      ['2', 'Two.'],
      ['3', 'Three.'],
      ['4', 'Four.', ''],
    ],
  );
});

t.test('when a transcript has segments without text, its SubRip has none of them', async (t) => {
  const texts = ['', 'One.', '  ', 'Two.', ''];
  const segments = texts.map((text, id) => segment(id, { start: id * 10, end: id * 10 + 3, text }));
  const transcript = { language: 'en', languageProbability: 1, duration: 60, segments };
  t.strictSame(numbersIn(formatTranscript(transcript, 'srt')), [1, 2]);
});

t.test('when a file with holes is read and written, the holes are gone', async (t) => {
  const cue = (number: number): string =>
    `${number}\n00:00:0${number},000 --> 00:00:0${number},900\nText ${number}.\n`;
  const cues = parseSubtitles([2, 4, 7].map(cue).join('\n'), { name: 'x.srt' });
  t.equal(cues.length, 3);
  t.strictSame(numbersIn(formatSrt(cues)), [1, 2, 3]);
});

function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/^(\d+)\n\d\d:/gmu)].map(([, number]) => Number(number));
}
