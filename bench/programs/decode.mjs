// node decode.mjs <file>...: media files to samples, by the scripted engine, which computes nothing.
import { cpuSeconds, peakMb, probe, report } from './shared.mjs';

const recognizer = await probe({ replicas: 1 });
const before = process.cpuUsage();
const started = performance.now();
let audioS = 0;
for (const file of process.argv.slice(2)) {
  audioS += (await recognizer.transcribe(file, { vad: false })).duration;
}
const wallS = (performance.now() - started) / 1e3;
report({ wallS, cpuS: cpuSeconds(before), peakMb: peakMb(), audioS });
