// Under an emulated CPU: the first second or so of speech through the detector and each engine.
// transcribe.mjs <package folder> <models folder> <wav> <seconds> <engine...>; one JSON line a result.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, modelsDir, wav, seconds, ...engines] = process.argv.slice(2);
const entry = pathToFileURL(path.join(folder, 'dist/index.js')).href;
const { Recognizer, SpeechDetector } = await import(entry);

// 16 kHz, mono, 16 bit, as tests/data/audio/jfk.wav is; its samples begin after the last header.
const bytes = readFileSync(wav);
const data = bytes.indexOf('data') + 8;
const samples = Float32Array.from(
  { length: Math.round(Number(seconds) * 16_000) },
  (_, index) => bytes.readInt16LE(data + index * 2) / 32_768,
);
const say = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

const detector = await SpeechDetector.load({ modelsDir });
say({ speech: await detector.detectSpeech(samples) });
detector.close();
for (const engine of engines) {
  const recognizer = await Recognizer.load('tiny.en', { engine, modelsDir });
  const { segments } = await recognizer.transcribe(samples, { beamSize: 1 });
  say({ engine, text: segments.map(({ text }) => text.trim()).join(' ') });
  recognizer.close();
}
