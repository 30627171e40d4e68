import type { DeviceName } from '../types.js';

/** What a stage may cost; what is absent has no limit. */
export interface StageBudget {
  readonly secondsPerMediaMinute?: number;
  readonly secondsPer1000Words?: number;
  readonly memoryMb?: number;
}

/**
 * The ceilings that the project was founded with, by the names of the benchmark's budgets. A stage
 * above one of them gets a warning; the benchmark fails.
 */
export const stageBudgets = {
  demux: { secondsPerMediaMinute: 10, memoryMb: 512 },
  asr_cpu: { secondsPerMediaMinute: 60, memoryMb: 8192 },
  asr_gpu: { secondsPerMediaMinute: 10, memoryMb: 8192 },
  asr_mps: { secondsPerMediaMinute: 20, memoryMb: 8192 },
  translation: { secondsPer1000Words: 5, memoryMb: 4096 },
  subtitle_generation: { secondsPerMediaMinute: 3 },
  mux: { secondsPerMediaMinute: 15, memoryMb: 2048 },
} as const satisfies Readonly<Record<string, StageBudget>>;

const asrBudget = { cpu: 'asr_cpu', cuda: 'asr_gpu', metal: 'asr_mps' } as const;

/** What a stage did, as budgets measure it. */
export interface StageWork {
  /** Seconds of its own: without what it waited for other stages. */
  readonly activeS: number;
  readonly peakRssMb: number;
  readonly audioS?: number | undefined;
  readonly words?: number | undefined;
  readonly device?: DeviceName | undefined;
}

/** A stage's budget; undefined for one that has none. */
export function budgetOf(stage: string, device: DeviceName = 'cpu'): StageBudget | undefined {
  const name = stage === 'asr' ? asrBudget[device] : stage;
  return Object.hasOwn(stageBudgets, name)
    ? stageBudgets[name as keyof typeof stageBudgets]
    : undefined;
}

/** What of its budget a stage exceeded, in words; a stage without a budget exceeds nothing. */
export function exceededBudget(stage: string, work: StageWork): readonly string[] {
  const budget = budgetOf(stage, work.device);
  if (budget === undefined) return [];
  const { secondsPerMediaMinute, secondsPer1000Words, memoryMb } = budget;
  const { activeS, peakRssMb, audioS = 0, words = 0 } = work;
  const rows = [
    {
      value: audioS > 0 ? (activeS * 60) / Math.max(audioS, 60) : 0,
      most: secondsPerMediaMinute,
      unit: 's for a minute of media',
    },
    // What begins a stage, a model's load above all, is not told by the length of a short clip.
    {
      value: words > 0 ? (activeS * 1000) / Math.max(words, 1000) : 0,
      most: secondsPer1000Words,
      unit: 's for 1000 words',
    },
    { value: peakRssMb, most: memoryMb, unit: 'MB of memory' },
  ];
  return rows
    .filter(({ value, most }) => most !== undefined && value > most)
    .map(({ value, most, unit }) => `${value.toFixed(1)} ${unit}, over its budget of ${most}`);
}
