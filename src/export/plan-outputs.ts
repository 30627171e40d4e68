import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { CpwError } from '../errors.js';
import type { TranscriptFormat } from '../options/output.js';
import { stemOf } from './file-name.js';

export interface PlanOutputsOptions {
  readonly formats: readonly TranscriptFormat[];
  readonly outputDir: string;
  readonly overwrite: boolean;
  /** Of a translation: it stands behind the stem, `talk.es`. */
  readonly language?: string;
}

/** One input and the name on which its outputs are built. */
export interface PlannedOutput {
  readonly input: string;
  readonly stem: string;
}

/**
 * Says before anything is computed what will be written. Throws CPW_INVALID_OPTIONS when two
 * inputs would write the same file, one would be replaced by an output, or an output exists and
 * `overwrite` is false.
 */
export async function planOutputs(
  inputs: readonly string[],
  options: PlanOutputsOptions,
): Promise<readonly PlannedOutput[]> {
  const behind = options.language === undefined ? '' : `.${options.language}`;
  const plan = inputs.map((input) => ({
    input,
    stem: (input === '-' ? 'stdin' : stemOf(input)) + behind,
  }));
  if (options.formats.length === 0) return plan;
  refuseCollisions(plan);
  refuseInputs(plan, options);
  if (!options.overwrite) await refuseExisting(plan, options);
  return plan;
}

/** `<folder>/<stem>.<format>` */
export function outputPath(outputDir: string, stem: string, format: TranscriptFormat): string {
  return path.join(outputDir, `${stem}.${format}`);
}

/** The error for files that would be replaced without being asked to. */
export function existingFile(paths: readonly string[]): CpwError {
  const names = paths.map((name) => JSON.stringify(name)).join(', ');
  const message = `${names} ${paths.length === 1 ? 'exists' : 'exist'} already; add --overwrite or choose another --output-dir`;
  return new CpwError('CPW_INVALID_OPTIONS', message, { stage: 'export', details: { paths } });
}

function refuseCollisions(plan: readonly PlannedOutput[]): void {
  const taken = new Map<string, string>();
  for (const { input, stem } of plan) {
    const key = keyOf(stem);
    const other = taken.get(key);
    if (other !== undefined) {
      const message =
        `${JSON.stringify(other)} and ${JSON.stringify(input)} would both write ` +
        `${JSON.stringify(`${stem}.*`)}; run them with different --output-dir`;
      throw new CpwError('CPW_INVALID_OPTIONS', message, { stage: 'export', details: { stem } });
    }
    taken.set(key, input);
  }
}

/** An input called talk.txt, say: with `overwrite` its own transcript would replace it. */
function refuseInputs(
  plan: readonly PlannedOutput[],
  { formats, outputDir }: PlanOutputsOptions,
): void {
  const inputs = new Map(plan.map(({ input }) => [keyOf(path.resolve(input)), input]));
  for (const { stem } of plan) {
    for (const format of formats) {
      const output = outputPath(outputDir, stem, format);
      const input = inputs.get(keyOf(path.resolve(output)));
      if (input === undefined || input === '-') continue;
      const message = `${JSON.stringify(input)} would be replaced by a transcript; choose another --output-dir`;
      throw new CpwError('CPW_INVALID_OPTIONS', message, { stage: 'export', details: { input } });
    }
  }
}

// macOS's file system takes A and a, é composed and decomposed, for the same name.
function keyOf(stem: string): string {
  return process.platform === 'linux' ? stem : stem.normalize('NFC').toLowerCase();
}

async function refuseExisting(
  plan: readonly PlannedOutput[],
  { formats, outputDir }: PlanOutputsOptions,
): Promise<void> {
  const paths = plan.flatMap(({ stem }) => formats.map((one) => outputPath(outputDir, stem, one)));
  const found = await Promise.all(paths.map(exists));
  const existing = paths.filter((_, index) => found[index]);
  if (existing.length > 0) throw existingFile(existing);
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
