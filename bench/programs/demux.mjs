// node demux.mjs <film>: a film's sound as samples, decoded by ffmpeg, read by the scripted engine.
// The peak of memory is this process's and ffmpeg's together.
import { childrenPeak, cpuSeconds, peakMb, probe, report } from './shared.mjs';

const [film] = process.argv.slice(2);
const recognizer = await probe({ replicas: 1 });
const children = childrenPeak();
const before = process.cpuUsage();
const started = performance.now();
const { duration } = await recognizer.transcribe(film, { vad: false });
const wallS = (performance.now() - started) / 1e3;
const cpuS = cpuSeconds(before);
report({ wallS, cpuS, peakMb: peakMb() + children.stop(), audioS: duration });
recognizer.close();
