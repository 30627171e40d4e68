// node subtitles.mjs <minutes>: words with times to cues, their check, and all forms of files.
import { readFileSync } from 'node:fs';
import { checkCues, cuesOf, formatAss, formatSrt, formatVtt } from 'cpw-native';
import { audio, cpuSeconds, peakMb, report } from './shared.mjs';

const audioS = Number(process.argv[2]) * 60;
const wordS = 0.4;
/** A language's text over and over, a word every 0.4 s, a breath after each segment of 15 words. */
function transcriptOf(text) {
  const said = text.split(/\s+/u);
  const segments = [];
  for (let start = 0; start < audioS; start += 15 * wordS + 0.3) {
    const words = Array.from({ length: 15 }, (_, index) => {
      const word = said[(segments.length * 15 + index) % said.length];
      const from = start + index * wordS;
      return { word, start: from, end: from + wordS, probability: 1 };
    });
    const end = start + 15 * wordS;
    segments.push({ start, end, text: words.map(({ word }) => word).join(' '), words });
  }
  return segments;
}

const references = JSON.parse(readFileSync(audio('refs.json'), 'utf8'));
const languages = { 'en-alice': 'en', 'hi-premchand': 'hi' };
const transcripts = Object.entries(languages).map(([name, language]) => {
  const { text } = Object.entries(references).find(([file]) => file.startsWith(name))[1];
  return { language, segments: transcriptOf(text) };
});
const before = process.cpuUsage();
const started = performance.now();
let cues = 0;
for (const { language, segments } of transcripts) {
  const made = cuesOf(segments, {}, { language });
  checkCues(made);
  for (const format of [formatSrt, formatVtt, formatAss]) format(made);
  cues += made.length;
}
const count = transcripts.length;
report({
  wallS: (performance.now() - started) / 1e3 / count,
  cpuS: cpuSeconds(before) / count,
  peakMb: peakMb(),
  audioS,
  cues: cues / count,
});
