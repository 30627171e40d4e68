// node translation-job.mjs <opus|nllb>: what contenders/run_ctranslate2.py reads on standard input.
import { sentencesOf } from './translation-layouts.mjs';

const nllb = process.argv[2] === 'nllb';
const words = 1000;
const perSentence = 15;
const pieces = (word) => {
  const end = word.indexOf('-') + 1 - 5;
  return end > 0 ? [`▁${word.slice(0, end)}`, word.slice(end)] : [`▁${word}`];
};
const source = sentencesOf(words, perSentence).map((text) => [
  ...(nllb ? ['eng_Latn'] : []),
  ...text.split(' ').flatMap(pieces),
  '</s>',
]);
const tokens = Math.round(1.4 * perSentence);
console.log(JSON.stringify({ source, words, tokens, prefix: nllb ? ['spa_Latn'] : [] }));
