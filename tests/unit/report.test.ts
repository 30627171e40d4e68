import t from 'tap';
import type { ReportData } from '../../src/export/report/report-data.js';
import { reportHtml } from '../../src/export/report/report-html.js';
import type { Segment } from '../../src/types.js';

const segment = (id: number, text: string, confidence: number): Segment => ({
  id,
  start: id * 4,
  end: id * 4 + 3.5,
  text,
  avgLogprob: Math.log(confidence),
  noSpeechProb: 0,
  confidence,
  compressionRatio: 1,
  temperature: 0,
  pass: 'first',
});

const nasty = '</script><script>alert("x")</script> & "quotes"';
const data: ReportData = {
  title: `Film ${nasty}`,
  job: '2026/01/02/ann/3',
  createdAt: '2026-01-02T03:04:05.000Z',
  language: 'en',
  durationS: 3_725,
  mediaHref: 'a "b".wav',
  stages: [
    { id: 'asr', status: 'completed', beginS: 1, wallS: 3, cpuS: 5, peakRssMb: 400 },
    { id: 'translation', status: 'skipped', reason: `no target ${nasty}` },
  ],
  warnings: [{ stage: 'asr', text: nasty }],
  segments: [segment(0, 'Clear.', 0.9), segment(1, nasty, 0.5), segment(2, 'هذا', 0.2)],
  removed: [{ start: 7, end: 8, text: nasty, reason: nasty }],
  tracks: [{ language: 'en', title: nasty, href: 'x.srt', cues: 2, violations: [nasty] }],
  terms: [{ term: nasty, target: nasty, found: 2, applied: 1, note: nasty }],
};

t.test('when a report is written, nothing in it becomes markup', async (t) => {
  const html = reportHtml(data);
  t.equal(html.split('<script>').length, 2, 'only its own script');
  t.notOk(html.includes(nasty));
  t.match(html, 'a &quot;b&quot;.wav');
  t.notMatch(html, /(?:src|href)="https?:/u, 'nothing from elsewhere');
  t.match(html, '01:02:05');
});

t.test('when segments are doubtful, they come first the least sure, with players', async (t) => {
  const html = reportHtml(data);
  const doubts = html.slice(html.indexOf('To listen to again'), html.indexOf('Subtitles'));
  t.ok(doubts.indexOf('هذا') < doubts.indexOf('alert'));
  t.notMatch(doubts, 'Clear.');
  t.match(doubts, '#t=8.00,11.50');
  const { mediaHref: _media, ...without } = data;
  t.notMatch(reportHtml(without), '<audio');
  t.match(reportHtml({ ...data, segments: [] }), 'No speech.');
});
