import type { Finding } from './budgets.js';
import { shown } from './budgets.js';
import type { Results, Roofline, Row } from './results.js';

// Figures of two machines differ by what the machines can do, so a time is compared as the work that
// the machine could have done meanwhile: seconds times the roofline. What is left over is that no
// program takes the mixture of products and copies that the roofline does; hence the tolerances.
/** How much more of a figure than in the baseline is still taken for the same. */
export const tolerances = { wallS: 1.35, cpuS: 1.25, peakMb: 1.15 } as const;

type Compared = keyof typeof tolerances;
const compared: readonly Compared[] = ['wallS', 'cpuS', 'peakMb'];
/** Shorter times are mostly the timer's and the scheduler's. */
const leastSeconds = 0.1;

/** Compares this project's rows with those of a stored run, whatever machine that was on. */
export function compareWithBaseline(now: Results, before: Results): readonly Finding[] {
  if (now.short !== before.short) {
    const said = 'the baseline is of the other form (short or whole); nothing is compared';
    return [{ name: 'baseline', verdict: 'open', said }];
  }
  return before.rows
    .filter(({ contender }) => contender === 'cpw' || contender.startsWith('cpw-'))
    .flatMap((old) => {
      const row = now.rows.find((one) => same(one, old));
      if (row === undefined) return [];
      return compared.flatMap((figure) => compareFigure(figure, { now, before, row, old }));
    });
}

interface Pair {
  readonly now: Results;
  readonly before: Results;
  readonly row: Row;
  readonly old: Row;
}

function compareFigure(figure: Compared, { now, before, row, old }: Pair): readonly Finding[] {
  const name = ['baseline', row.case, row.contender, row.model, figure].filter(Boolean).join(' ');
  const was = old.figures[figure]?.min;
  if (was === undefined || (figure !== 'peakMb' && was < leastSeconds)) return [];
  if (row.failed !== undefined) return [{ name, verdict: 'breach', said: row.failed }];
  const is = row.figures[figure]?.min;
  if (is === undefined) return [];
  const ratio = (is * scale(figure, now.roofline)) / (was * scale(figure, before.roofline));
  const said = `${shown(ratio)} of the baseline's, at most ${tolerances[figure]}`;
  return [{ name, verdict: ratio <= tolerances[figure] ? 'kept' : 'breach', said }];
}

/** Memory does not depend on speed; CPU time is that of one thread, wall time that of all. */
function scale(figure: Compared, { one, all }: Roofline): number {
  if (figure === 'peakMb') return 1;
  const { gflopsF32, gopsInt8, copyGbS } = figure === 'cpuS' ? one : all;
  return Math.cbrt(gflopsF32 * gopsInt8 * copyGbS);
}

function same(one: Row, other: Row): boolean {
  const { contender, model } = other;
  return one.case === other.case && one.contender === contender && one.model === model;
}
