// node load.mjs <engine> <model>: how long until a model is ready, and what memory it takes.
import { cpuSeconds, load, peakMb, report } from './shared.mjs';

const [engine, model] = process.argv.slice(2);
const before = process.cpuUsage();
const started = performance.now();
const recognizer = await load(model, { engine });
const wallS = (performance.now() - started) / 1e3;
report({ wallS, cpuS: cpuSeconds(before), peakMb: peakMb() });
recognizer.close();
