// node soak.mjs <engine> <runs>: many short transcriptions in one process, with aborts and closes.
import { collect, load, percentile, report, rss, samplesOf } from './shared.mjs';

const [engine, runs] = [process.argv[2], Number(process.argv[3])];
const clip = samplesOf('jfk.wav').subarray(0, 48_000);
const memory = [];
const counts = { done: 0, aborted: 0, closed: 0 };
let recognizer = await load('tiny.en', { engine });

for (let run = 1; run <= runs; run += 1) {
  if (run % 25 === 0) {
    // Closed while a call runs: that call must finish, the next one needs a new recogniser.
    const last = recognizer.transcribe(clip);
    await new Promise((resolve) => setImmediate(resolve));
    recognizer.close();
    await last.catch((error) => {
      if (error.code !== 'CPW_CLOSED') throw error;
    });
    counts.closed += 1;
    recognizer = await load('tiny.en', { engine });
  } else if (run % 4 === 0) {
    const signal = AbortSignal.timeout((run * 37) % 120);
    await recognizer.transcribe(clip, {}, { signal }).then(
      () => (counts.done += 1),
      (error) => {
        if (error !== signal.reason) throw error;
        counts.aborted += 1;
      },
    );
  } else {
    const { segments } = await recognizer.transcribe(clip);
    if (!/fellow americans/iu.test(segments.map(({ text }) => text).join(' '))) {
      throw new Error(`run ${run}: ${JSON.stringify(segments)}`);
    }
    counts.done += 1;
  }
  // When the collector runs by itself moves the figure by 20 MB: more than a leak would.
  collect();
  memory.push(rss());
}
recognizer.close();
// The heap settles in the first hundred runs; 100 KB lost a run are 8 % of the short form's 400. A
// median over several loadings: each lays out the heap anew.
const early = memory.slice(100, 200);
const late = memory.slice(-100);
const [earlyMb, lateMb] = [percentile(early, 0.5), percentile(late, 0.5)];
report({ engine, runs, ...counts, earlyMb, lateMb, growth: lateMb / earlyMb - 1 });
