// node transcribe.mjs <engine> <model> <file> <options as JSON>: one transcription by a loaded model.
// The peak of memory is the whole process's, its loading too.
import { cpuSeconds, load, peakMb, report } from './shared.mjs';

const [engine, model, file, options] = process.argv.slice(2);
const loading = performance.now();
const recognizer = await load(model, { engine });
const loadS = (performance.now() - loading) / 1e3;
const before = process.cpuUsage();
const started = performance.now();
const { segments, duration } = await recognizer.transcribe(file, {
  language: 'en',
  ...JSON.parse(options),
});
const wallS = (performance.now() - started) / 1e3;
const cpuS = cpuSeconds(before);
recognizer.close();
const text = segments.map((one) => one.text).join(' ');
report({ loadS, wallS, cpuS, peakMb: peakMb(), audioS: duration, text });
