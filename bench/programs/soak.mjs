// node soak.mjs <engine> <runs>: many short transcriptions in one process, with aborts and closes.
import { load, mean, report, rss, samplesOf } from './shared.mjs';

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
  memory.push(rss());
}
recognizer.close();
// Of many runs, compare runs 101 to 200 with the last 100.
const early = runs >= 400 ? memory.slice(100, 200) : memory.slice(runs / 4, runs / 2);
const late = runs >= 400 ? memory.slice(-100) : memory.slice(-runs / 4);
report({
  engine,
  runs,
  ...counts,
  earlyMb: mean(early),
  lateMb: mean(late),
  growth: mean(late) / mean(early) - 1,
});
