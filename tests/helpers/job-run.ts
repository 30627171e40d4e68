import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ManifestContent } from '../../src/pipeline/manifest.js';
import { startCli, type CliOptions, type CliResult, type RunningCli } from '../cli/run-cli.js';
import { modelsDir } from './models.js';

/** One event of `--json`. */
export type JobEvent = Readonly<Record<string, unknown>>;

/** A run of a job that has ended. */
export interface JobRun extends CliResult {
  readonly events: readonly JobEvent[];
  readonly elapsedS: number;
}

export interface JobRunOptions extends CliOptions {
  /** The process is killed, not asked to end, as soon as this holds for what it has told. */
  readonly killWhen?: (events: readonly JobEvent[]) => boolean;
}

/** Arguments of `subtitle` that need no network. */
export function localModels({ asr = 'tiny.en', translation = 'demo' } = {}): readonly string[] {
  const names = ['--model', asr, '--translate-model', translation];
  return [...names, '--models-dir', modelsDir.modelsDir, '--offline'];
}

/** Runs the command line with `--json` to its end, or until it is killed. */
export function runJob(args: readonly string[], options: JobRunOptions = {}): Promise<JobRun> {
  const began = performance.now();
  return watched(startCli([...args, '--json'], options), options, began);
}

/** Reads the events of a program while it runs. */
export async function watched(
  { child, result }: RunningCli,
  { killWhen = () => false }: JobRunOptions,
  began = performance.now(),
): Promise<JobRun> {
  let text = '';
  const events: JobEvent[] = [];
  const look = (): void => {
    if (killWhen(events)) child.kill('SIGKILL');
  };
  child.stdout?.on('data', (more: string) => {
    const lines = `${text}${more}`.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      events.push(JSON.parse(line) as JobEvent);
      look();
    }
  });
  // It may hang on what it tells nothing of.
  const timer = setInterval(look, 20);
  const ended = await result.finally(() => clearInterval(timer));
  return { ...ended, events, elapsedS: (performance.now() - began) / 1000 };
}

/** True where a stage has come to a state. */
export function reached(events: readonly JobEvent[], stage: string, state: string): boolean {
  return events.some((event) => event['stage'] === stage && event['state'] === state);
}

/** The folder of the job, as the events tell it. */
export function folderOf({ events, stderr }: JobRun): string {
  const folder = events.find(({ type }) => type === 'job')?.['folder'];
  if (typeof folder !== 'string') throw new Error(`no job was told of: ${stderr}`);
  return folder;
}

/** What a job's manifest says. */
export function manifestOf(folder: string): ManifestContent {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ManifestContent;
}

/** Every file below a folder with its hash. */
export function hashes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Object.fromEntries(
    names.sort().map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** What lies half-written in a folder and below. */
export function leftIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(^|\/)\.[^/]*\.(tmp|part)(\.|$)/u.test(name));
}

/** The lock of a job stands beside its folder while it runs. */
export function locksBeside(folder: string): readonly string[] {
  return readdirSync(dirname(folder)).filter((name) => name.endsWith('.lock'));
}
