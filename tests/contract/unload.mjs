// A program of boundary.test.ts in which only workers load the addon; prints how often it is mapped
// after each has ended.
import { readFileSync } from 'node:fs';
import { Worker, isMainThread } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);
const mapped = () => /cpw-native\S*\.node/u.test(readFileSync('/proc/self/maps', 'utf8'));

if (isMainThread) {
  const seen = [mapped()];
  for (let i = 0; i < 3; i += 1) {
    const worker = new Worker(file);
    await new Promise((resolve) => worker.once('exit', resolve));
    seen.push(mapped());
  }
  console.log(seen.join());
} else {
  const { loadAddon } = await import('../../dist/native/load.js');
  const options = { replicas: 2, loadMs: 0, windowMs: 1, failAtWindow: -1 };
  (await loadAddon().ProbeRecognizer.load(options).promise).close();
}
