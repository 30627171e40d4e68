// What the binary does on an emulated CPU: the beginning of a recording through the detector and models.
// A multilingual model tells the language, an English one transcribes. One JSON line a result.
// on-cpu.mjs <package folder> <models folder> <wav> <seconds> <model or model@engine...>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, modelsDir, wav, seconds, ...models] = process.argv.slice(2);
const entry = pathToFileURL(path.join(folder, 'dist/index.js')).href;
const { Recognizer, SpeechDetector } = await import(entry);
const say = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

// CTranslate2 tells which library multiplies for it, with CT2_VERBOSE=1.
const addon = createRequire(import.meta.url)(process.env.CPW_NATIVE_PATH);
addon.setLogSink((_level, line) => {
  if (/CPU:|MKL|backend/.test(line)) say({ log: line });
});

// 16 kHz, mono, 16 bit, as tests/data/audio/jfk.wav is; its samples begin after the last header.
const bytes = readFileSync(wav);
const data = bytes.indexOf('data') + 8;
const samples = Float32Array.from(
  { length: Math.round(Number(seconds) * 16_000) },
  (_, index) => bytes.readInt16LE(data + index * 2) / 32_768,
);

const detector = await SpeechDetector.load({ modelsDir });
say({ speech: await detector.detectSpeech(samples) });
detector.close();
for (const model of models) {
  const [name, engine] = model.split('@');
  const recognizer = await Recognizer.load(name, { modelsDir, ...(engine && { engine }) });
  const { info } = recognizer;
  if (info.multilingual) {
    const languages = await recognizer.detectLanguage(samples);
    const sum = languages.reduce((total, { probability }) => total + probability, 0);
    say({ engine: info.engine, languages: languages.length, sum });
  } else {
    const { segments } = await recognizer.transcribe(samples, { beamSize: 1 });
    say({ engine: info.engine, text: segments.map((segment) => segment.text.trim()).join(' ') });
  }
  recognizer.close();
}
addon.setLogSink(null);
