import { z } from 'zod';
import { stageBudgets, type StageBudget } from '../src/stages/budgets.js';
import { type Results, type Row, type Statistic } from './results.js';

const statistic = z.enum(['min', 'median', 'max']);
const limits = {
  name: z.string(),
  /** What it is about, for people, with the unit. */
  about: z.string(),
};

/** A budget that a case measures. Every row that fits is held to it, one for each model. */
const measuredSchema = z.strictObject({
  ...limits,
  case: z.string(),
  contender: z.string(),
  /** Absent: every model that was measured. */
  model: z.string().optional(),
  figure: z.string(),
  /** Times by their smallest: what others do on the machine only ever adds to one. */
  statistic: statistic.default('min'),
  /** The figure divided by this contender's of the same run. */
  over: z.string().optional(),
  /** The figure less this contender's of the same run. */
  minus: z.string().optional(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  /** True where a short recording says as much. */
  short: z.boolean().default(false),
});

/** A budget that no case measures yet. */
const pendingSchema = z.strictObject({
  ...limits,
  atMost: z.number().optional(),
  pending: z.string(),
});

/** Budgets that stages are held to while they work have their number there, and nowhere else. */
function withStageLimit<
  Row extends { readonly name: string; readonly atMost?: number | undefined },
>(row: Row): Row {
  const limit = stageLimit(row.name.replace(/_whisper$/u, ''));
  if (limit === undefined) return row;
  if (row.atMost === undefined) return { ...row, atMost: limit };
  throw new Error(`${row.name} has its number in src/stages/budgets.ts; leave out atMost`);
}

/** `demux` is its seconds, `demux_memory` its MB. */
function stageLimit(name: string): number | undefined {
  const budgets: Readonly<Record<string, StageBudget>> = stageBudgets;
  const stage = name.replace(/_memory$/u, '');
  const budget = budgets[stage] ?? budgets[`${stage}_cpu`];
  if (budget === undefined) return undefined;
  if (stage !== name) return budget.memoryMb;
  return budget.secondsPerMediaMinute ?? budget.secondsPer1000Words;
}

export const budgetsSchema = z.strictObject({
  $comment: z.string(),
  founding: z
    .array(z.union([pendingSchema, measuredSchema]))
    .transform((rows) => rows.map(withStageLimit)),
  ours: z.array(measuredSchema),
});
export type Budgets = z.output<typeof budgetsSchema>;
export type MeasuredBudget = z.output<typeof measuredSchema>;

/** What came of one budget, or of one comparison with the baseline. */
export interface Finding {
  readonly name: string;
  /** `breach` alone makes a check fail; `open` says why nothing could be said. */
  readonly verdict: 'kept' | 'breach' | 'open';
  readonly said: string;
}

/** Compares a run with all budgets. */
export function checkBudgets(results: Results, budgets: Budgets): readonly Finding[] {
  return [...budgets.founding, ...budgets.ours].flatMap((budget) => {
    if ('pending' in budget) return [open(budget.name, budget.pending)];
    if (results.short && !budget.short) return [open(budget.name, 'not part of the short form')];
    return checkOne(results, budget);
  });
}

const open = (name: string, said: string): Finding => ({ name, verdict: 'open', said });

function checkOne({ rows }: Results, budget: MeasuredBudget): readonly Finding[] {
  const fit = rows.filter(
    (row) =>
      row.case === budget.case &&
      row.contender === budget.contender &&
      (budget.model === undefined || row.model === budget.model),
  );
  if (fit.length === 0) return [open(budget.name, `case ${budget.case} was not run`)];
  return fit.map((row) => {
    const name = row.model === '' ? budget.name : `${budget.name} (${row.model})`;
    return { name, ...judge(row, rows, budget) };
  });
}

function judge(
  row: Row,
  rows: readonly Row[],
  budget: MeasuredBudget,
): Pick<Finding, 'verdict' | 'said'> {
  const against = budget.over ?? budget.minus;
  const other =
    against === undefined
      ? undefined
      : rows.find(
          (one) => one.case === row.case && one.model === row.model && one.contender === against,
        );
  for (const one of [row, other]) {
    // A trial that fails is no way around a budget.
    if (one?.failed !== undefined) return breach(`${one.contender} failed: ${one.failed}`);
    if (one?.skipped !== undefined) return undecided(`${one.contender}: ${one.skipped}`);
  }
  if (against !== undefined && other === undefined) return undecided(`${against} was not run`);
  const wrong = [row, other].find((one) => (one?.figures['wer']?.median ?? 0) > mostErrors);
  if (budget.over !== undefined && wrong !== undefined) {
    return breach(`${wrong.contender} wrote down something else: its speed says nothing`);
  }
  const value = valueOf(row, other, budget);
  if (value === undefined) return breach(`${row.contender} has no figure ${budget.figure}`);
  return compare(value, budget);
}

/** A transcript with more errors for each word is not the work whose speed is compared. */
const mostErrors = 0.2;

const breach = (said: string): Pick<Finding, 'verdict' | 'said'> => ({ verdict: 'breach', said });
const undecided = (said: string): Pick<Finding, 'verdict' | 'said'> => ({ verdict: 'open', said });

function valueOf(row: Row, other: Row | undefined, budget: MeasuredBudget): number | undefined {
  const mine = figureOf(row, budget);
  if (other === undefined || mine === undefined) return mine;
  const theirs = figureOf(other, budget);
  if (theirs === undefined) return undefined;
  return budget.over === undefined ? mine - theirs : mine / theirs;
}

function figureOf(
  row: Row,
  { figure, statistic }: { readonly figure: string; readonly statistic: Statistic },
): number | undefined {
  return row.figures[figure]?.[statistic];
}

function compare(
  value: number,
  { about, atMost, atLeast }: MeasuredBudget,
): Pick<Finding, 'verdict' | 'said'> {
  const bounds = [
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
  ].join(' and ');
  const said = `${shown(value)}, ${bounds}: ${about}`;
  // Written so that a NaN is a breach.
  const kept = value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
  return kept ? { verdict: 'kept', said } : breach(said);
}

/** Three digits, and no more than a figure needs. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
