import { readFileSync } from 'node:fs';
import { max, median, min } from 'simple-statistics';
import { z } from 'zod';

const rateSchema = z.strictObject({
  gflopsF32: z.number().positive(),
  gopsInt8: z.number().positive(),
  copyGbS: z.number().positive(),
});
/** What the machine can do at most, by one thread and by all. */
export const rooflineSchema = z.strictObject({
  threads: z.int32().min(1),
  one: rateSchema,
  all: rateSchema,
});
export type Roofline = z.output<typeof rooflineSchema>;

const figureSchema = z.strictObject({ min: z.number(), median: z.number(), max: z.number() });
/** What one contender did in one case with one model. */
const rowSchema = z.strictObject({
  case: z.string(),
  contender: z.string(),
  /** Empty where the case takes none. */
  model: z.string(),
  trials: z.int32().min(0),
  figures: z.record(z.string(), figureSchema),
  /** Why it was left out. */
  skipped: z.string().optional(),
  /** What a trial failed with; that of the first that did. */
  failed: z.string().optional(),
});
export type Row = z.output<typeof rowSchema>;

/** A whole run, as results.json holds it. */
export const resultsSchema = z.strictObject({
  version: z.literal(1),
  at: z.string(),
  short: z.boolean(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int32(),
    memoryGb: z.number(),
    system: z.string(),
    node: z.string(),
    /** Load averages of the last minute, before and after: above 0 before, others were at work. */
    loadBefore: z.number(),
    loadAfter: z.number(),
  }),
  roofline: rooflineSchema,
  rows: z.array(rowSchema),
});
export type Results = z.output<typeof resultsSchema>;

/** The figures of one trial. */
export type Figures = Readonly<Record<string, number>>;

/** Which of the three is told and compared: the least noisy one for times is the smallest. */
export type Statistic = keyof z.output<typeof figureSchema>;

/** How fast audio of some length was worked on. */
export function speedOf({ audioS, wallS }: { audioS: number; wallS: number }): Figures {
  return { rtfx: audioS / wallS, secondsPerMinute: (wallS / audioS) * 60 };
}

/** Minimum, median and maximum of every figure that all trials have. */
export function summarise(trials: readonly Figures[]): Row['figures'] {
  const [first = {}] = trials;
  const names = Object.keys(first).filter((name) => trials.every((one) => name in one));
  return Object.fromEntries(
    names.map((name) => {
      const values = trials.map((one) => one[name] ?? NaN);
      return [name, { min: min(values), median: median(values), max: max(values) }];
    }),
  );
}

/** Reads a results file, whole runs and baselines alike. */
export function readResults(file: string): Results {
  return readChecked(file, resultsSchema);
}

/** Reads a file of JSON that has to look as the schema says. */
export function readChecked<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.output<Schema> {
  const result = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file} is not as it should be:\n${z.prettifyError(result.error)}`);
}
