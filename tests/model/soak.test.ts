import t from 'tap';
import { long, measure } from '../helpers/measure.js';

for (const engine of ['whisper', 'ctranslate2']) {
  t.test(
    `when ${engine} transcribes again and again, with aborts and closes, memory stays`,
    async (t) => {
      const {
        growth = NaN,
        aborted = 0,
        closed = 0,
      } = await measure('soak', engine, long ? 1_000 : 400);
      t.ok(growth < 0.05, `grew by ${growth}`);
      t.ok(aborted > 0 && closed > 0);
    },
  );
}
