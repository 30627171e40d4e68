// node vad.mjs <file>: the speech of a file, with reading it and without a model that recognises.
import { SpeechDetector } from 'cpw-native';
import { cpuSeconds, modelsDir, peakMb, report } from './shared.mjs';

const detector = await SpeechDetector.load({ modelsDir });
const before = process.cpuUsage();
const started = performance.now();
const segments = await detector.detectSpeech(process.argv[2]);
const wallS = (performance.now() - started) / 1e3;
if (segments.length === 0) throw new Error('no speech was found');
report({ wallS, cpuS: cpuSeconds(before), peakMb: peakMb() });
detector.close();
