// node translate.mjs <folder> <Latn|Deva> <beam size>: 1000 made-up words, 15 a sentence and 1.4
// pieces a word, to as many tokens; the model is loaded before and has translated one sentence.
import { Translator } from '../../dist/index.js';
import { cpuSeconds, peakMb, report } from './shared.mjs';
import { sentencesOf } from './translation-layouts.mjs';

const [folder, script = 'Latn', beam = '1'] = process.argv.slice(2);
const words = 1000;
const perSentence = 15;
const tokens = Math.round(1.4 * perSentence);
const options = {
  source: 'en',
  target: script === 'Deva' ? 'hi' : 'es',
  beamSize: Number(beam),
  // Random weights never end a sentence.
  minLength: tokens,
  maxLength: tokens,
  splitSentences: false,
};

const startedLoading = performance.now();
const translator = await Translator.load(folder, { device: 'cpu' });
const loadS = (performance.now() - startedLoading) / 1e3;
const texts = sentencesOf(words, perSentence);
await translator.translateBatch(texts.slice(0, 1), options);
const before = process.cpuUsage();
const started = performance.now();
const found = await translator.translateBatch(texts, options);
const wallS = (performance.now() - started) / 1e3;
if (found.some(({ text }) => text === '')) throw new Error('a sentence has no translation');
const secondsPer1000Words = (wallS / words) * 1000;
report({ loadS, wallS, cpuS: cpuSeconds(before), peakMb: peakMb(), words, secondsPer1000Words });
