import t from 'tap';
import { long, measure, measureWith } from '../helpers/measure.js';

for (const engine of ['whisper', 'ctranslate2']) {
  t.test(`when ${engine} loads and runs, the event loop goes on`, async (t) => {
    const { p99Ms = NaN, controlP99Ms = NaN } = await measure('event-loop', engine);
    // Where other programs keep the machine busy, the control is late as well.
    t.ok(p99Ms < Math.max(50, 2 * controlP99Ms), `p99 ${p99Ms} ms, control ${controlP99Ms} ms`);
  });

  t.test(`when ${engine} is aborted inside a window, it stops soon and rests`, async (t) => {
    const { p95Ms = NaN, busyShare = NaN } = await measure('abort', engine, long ? 50 : 12);
    t.ok(p95Ms <= 300, `p95 ${p95Ms} ms`);
    t.ok(busyShare < 0.5, `${busyShare} of a core is busy after an abort`);
  });

  t.test(`when ${engine} is aborted beside another call, it stops soon too`, async (t) => {
    const figures = await measure('abort-beside', engine, long ? 30 : 8);
    const { aborted = 0, p95Ms = NaN, beside = 0 } = figures;
    t.ok(aborted >= 4, `${aborted} calls were aborted before they ended`);
    t.ok(p95Ms <= 300, `p95 ${p95Ms} ms`);
    t.ok(beside >= 1, 'the other call went on to its end');
  });
}

// The young generation, which grows or does not, moves a peak by 25 MB: it is kept small.
const smallNursery = ['--max-semi-space-size=2'];

async function peakMb(minutes: number, by: string): Promise<number> {
  const run = await measureWith(smallNursery, 'memory', minutes, by);
  return run['peakMb'] ?? NaN;
}

for (const by of ['itself', 'ffmpeg']) {
  t.test(`when a long file is decoded by ${by}, memory is that of a short one`, async (t) => {
    const short = await peakMb(10, by);
    const whole = await peakMb(long ? 180 : 30, by);
    t.ok(whole < short * 1.1, `${whole} MB after ${short} MB`);
  });
}
