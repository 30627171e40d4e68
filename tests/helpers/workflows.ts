import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine, start } from '../cli/run-cli.js';
import { localModels, watched, type JobRun, type JobRunOptions } from './job-run.js';
import { modelsDir } from './models.js';

/** The workflows that a film can go through. */
export const workflows = ['transcribe', 'translate', 'subtitle'] as const;
export type Workflow = (typeof workflows)[number];

export interface WorkflowRun extends JobRunOptions {
  readonly film: string;
  /** The folder for the jobs and, of `subtitle`, for the results. */
  readonly place: string;
  readonly jobsDir?: string;
  readonly outputDir?: string;
  readonly models?: { readonly asr?: string; readonly translation?: string };
  readonly resume?: boolean;
  /** A program with its arguments that runs the rest. */
  readonly within?: readonly string[];
}

const program = fileURLToPath(new URL('../e2e/run-workflow.mjs', import.meta.url));

/**
 * Runs a workflow with tiny.en, into Spanish where it translates: `subtitle` by the command line, the
 * others by the API, whose only results are in the job's folder.
 */
export function runWorkflow(workflow: Workflow, run: WorkflowRun): Promise<JobRun> {
  const began = performance.now();
  const { within = [], resume = false } = run;
  const words = workflow === 'subtitle' ? subtitleWords(run) : apiWords(workflow, run);
  const command = [...within, process.execPath, ...words, ...(resume ? ['--resume'] : [])];
  return watched(start(command, run), run, began);
}

function subtitleWords(run: WorkflowRun): readonly string[] {
  const { film, place, models = {} } = run;
  const { jobsDir = join(place, 'jobs'), outputDir = join(place, 'out') } = run;
  const chosen = localModels({ ...models });
  const languages = ['--source', 'en', '--targets', 'es'];
  const folders = ['--jobs-dir', jobsDir, '--output-dir', outputDir];
  return [commandLine, 'subtitle', film, ...languages, ...chosen, ...folders, '--json'];
}

function apiWords(
  workflow: Workflow,
  { film, place, jobsDir = join(place, 'jobs'), models = {} }: WorkflowRun,
): readonly string[] {
  const { asr = 'tiny.en', translation = 'demo' } = models;
  const where = { ...modelsDir, download: 'never' };
  const translated = { model: translation, targets: ['es'], translator: where };
  const options = {
    vad: { recognizer: where },
    asr: { model: asr, recognizer: where, transcribe: { wordTimestamps: true } },
    ...(workflow === 'translate' ? { translation: translated } : {}),
  };
  return [program, workflow, film, jobsDir, JSON.stringify(options)];
}
