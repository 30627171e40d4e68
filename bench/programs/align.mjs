// node align.mjs <engine> <model> <file>: what word times add to a transcription, both measured in
// turns in one process.
import { load, report } from './shared.mjs';

const [engine, model, file] = process.argv.slice(2);
const recognizer = await load(model, { engine });
const best = { off: Infinity, on: Infinity };
let audioS = 0;
for (let run = 0; run < 2; run += 1) {
  for (const words of ['off', 'on']) {
    const started = performance.now();
    const options = { language: 'en', wordTimestamps: words === 'on' };
    const { duration } = await recognizer.transcribe(file, options);
    best[words] = Math.min(best[words], (performance.now() - started) / 1e3);
    audioS = duration;
  }
}
recognizer.close();
const alignS = best.on - best.off;
report({ alignS, alignMsPerAudioSecond: (alignS / audioS) * 1e3, share: alignS / best.on });
