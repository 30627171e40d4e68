// From a fresh clone to a transcript: builds, brings the models, runs the command line on a recording.
import { ensureAll } from './ensure.mjs';
import { main, mustRun, since } from './process.mjs';

const recording = 'tests/data/audio/jfk.wav';

await main(async () => {
  const start = performance.now();
  await ensureAll();
  for (const engine of ['whisper', 'ctranslate2']) {
    const args = [
      'dist/cli/bin.js',
      'transcribe',
      recording,
      '--model',
      'tiny.en',
      '--engine',
      engine,
    ];
    process.stdout.write(`\n$ node ${args.join(' ')}\n`);
    const begin = performance.now();
    await mustRun(`Transcribing with ${engine}`, process.execPath, args);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    process.stdout.write(`(${engine}: ${seconds} s, process start and model loading included)\n`);
  }
  process.stdout.write(
    `\nQuickstart done after ${since(start)}. Next: node dist/cli/bin.js transcribe <your file>, or npm test\n`,
  );
});
