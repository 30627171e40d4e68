// A worker that ends while its translator works, twice; then the same in the main thread, to the end.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { Translator } from '../../dist/index.js';
import { demoFolder } from '../../dist/models/translation-model.js';

const { sentences } = JSON.parse(readFileSync(`${demoFolder()}/eval.json`, 'utf8'));
const texts = sentences.map(({ en }) => en);
const translator = await Translator.load();
const directions = { source: 'en', target: 'hi' };

if (isMainThread) {
  for (let i = 0; i < 2; i += 1) {
    const worker = new Worker(fileURLToPath(import.meta.url));
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
  }
  const done = await translator.translateBatch(texts, directions);
  console.log(`worker ended, the process lives, ${done.length} translated`);
} else {
  // Numbered, so that each is a sentence of its own.
  const many = Array.from({ length: 5000 }, (_, i) => `${texts[i % texts.length]} ${i}`);
  void translator.translateBatch(many, directions, { onProgress: () => {} }).catch(() => {});
  parentPort.postMessage('running');
}
