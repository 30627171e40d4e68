import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { modelPath, type ModelFormat } from '../src/models/layout.js';
import { modelsDir as store } from '../tests/helpers/models.js';
import { wordErrorRate, wordErrors } from '../tests/helpers/word-error-rate.js';
import type { Speech } from './audio.js';
import { cores, root } from './environment.js';
import { runProcess, type Command, type Ended } from './process.js';
import { speedOf, type Figures } from './results.js';
import { whisperCli } from './tools.js';

/** What is to be transcribed. */
export interface Task {
  readonly model: string;
  readonly speech: Speech;
  /** With a time for every word. */
  readonly words: boolean;
}

/** Somebody who transcribes. */
export interface Contender {
  readonly name: string;
  /** Why it cannot take part here; undefined where it can. Builds what it needs. */
  unable(task: Task): Promise<string | undefined>;
  /** One trial, in a process of its own. */
  transcribe(task: Task): Promise<Figures>;
}

/** What a program says of its own run: the model's loading is not in wallS. */
const reportSchema = z.object({
  loadS: z.number(),
  wallS: z.number(),
  cpuS: z.number(),
  peakMb: z.number(),
  audioS: z.number(),
  text: z.string(),
});
type Report = z.output<typeof reportSchema>;

/** The engines of this project. */
export const engines = ['ctranslate2', 'whisper'] as const;
export type Engine = (typeof engines)[number];

/** A measuring program of bench/programs. */
export function program(name: string, ...args: readonly string[]): Command {
  return [process.execPath, path.join(root, 'bench/programs', `${name}.mjs`), ...args];
}

const own = (engine: Engine): Contender => ({
  name: `cpw-${engine}`,
  unable: async ({ model }) => missingForm(model, engine),
  transcribe: async ({ model, speech, words }) => {
    const options = JSON.stringify(words ? { wordTimestamps: true } : {});
    const ended = await runProcess(program('transcribe', engine, model, speech.file, options));
    return figuresOf(reportOf(ended), speech);
  },
});

/** Why an engine cannot load a model: nothing is fetched while others are being measured. */
export function missingForm(model: string, engine: Engine): string | undefined {
  const forms = formsOf[engine];
  const there = forms.some((form) => existsSync(modelPath(store.modelsDir, model, form)));
  return there ? undefined : `model ${model} is not installed for it (${forms.join(' or ')})`;
}

const formsOf: Readonly<Record<Engine, readonly ModelFormat[]>> = {
  whisper: ['ggml'],
  ctranslate2: ['ctranslate2-int8', 'ctranslate2'],
};

const fasterWhisper = (mode: 'batched' | 'sequential'): Contender => ({
  name: `faster-whisper-${mode}`,
  unable: async ({ model }) => {
    const folder = modelPath(store.modelsDir, model, 'ctranslate2');
    if (!existsSync(folder)) return `model ${model} is not installed for it (ctranslate2)`;
    return (await python()).missing;
  },
  transcribe: async ({ model, speech, words }) => {
    const script = path.join(root, 'bench/contenders/run_faster_whisper.py');
    const folder = modelPath(store.modelsDir, model, 'ctranslate2');
    const args = [script, folder, speech.file, mode, words ? '1' : '0', String(cores)];
    return figuresOf(reportOf(await runProcess([(await python()).program, ...args])), speech);
  },
});

type Python = Promise<{ program: string; missing: string | undefined }>;
const asked = new Map<string, Python>();

const python = (): Python => benchPython('faster_whisper');

/** The Python that has a package: CPW_BENCH_PYTHON, else python3. Asked once. */
export function benchPython(module: string): Python {
  const known = asked.get(module);
  if (known !== undefined) return known;
  const program = process.env['CPW_BENCH_PYTHON'] ?? 'python3';
  const answer: Python = runProcess([program, '-c', `import ${module}`]).then(
    () => ({ program, missing: undefined }),
    () => ({
      program,
      missing:
        `${program} has no ${module}; install bench/contenders/requirements.txt into a ` +
        'virtual environment and name its python in CPW_BENCH_PYTHON',
    }),
  );
  asked.set(module, answer);
  return answer;
}

const whisperCpp: Contender = {
  name: 'whisper-cli',
  unable: async ({ model, words }) => {
    if (words)
      return 'its word times are not comparable: another decoding, no alignment by default';
    const missing = missingForm(model, 'whisper');
    if (missing !== undefined) return missing;
    return whisperCli().then(
      () => undefined,
      (error: unknown) => `it could not be built: ${String(error)}`,
    );
  },
  transcribe: async ({ model, speech }) => {
    const file = modelPath(store.modelsDir, model, 'ggml');
    // Not -nt: without timestamps it decodes in another way, faster, and loses half of the words.
    const greedy = ['-bs', '1', '-bo', '1', '-t', String(cores), '-l', 'en'];
    const ended = await runProcess([await whisperCli(), '-m', file, '-f', speech.file, ...greedy]);
    return figuresOf(whisperReport(ended), speech);
  },
};

/** whisper-cli's own timings; its CPU time and memory are the whole process's. */
function whisperReport({ stdout, stderr, peakMb, cpuS }: Ended): Report {
  const seconds = (name: string): number => {
    const found = new RegExp(`${name} time =\\s+([\\d.]+) ms`, 'u').exec(stderr)?.[1];
    if (found === undefined) throw new Error(`whisper-cli printed no ${name} time: ${stderr}`);
    return Number(found) / 1e3;
  };
  const audio = /, ([\d.]+) sec\)/u.exec(stderr)?.[1];
  const loadS = seconds('load');
  const wallS = seconds('total') - loadS;
  const text = stdout.replaceAll(/^\[\S+ --> \S+\]/gmu, '');
  const unseen = { peakMb: peakMb ?? NaN, cpuS: cpuS ?? NaN };
  return { loadS, wallS, ...unseen, audioS: Number(audio), text };
}

/** Everyone, in the order of the tables. */
export const contenders: readonly Contender[] = [
  own('ctranslate2'),
  own('whisper'),
  fasterWhisper('batched'),
  fasterWhisper('sequential'),
  whisperCpp,
];

function reportOf({ stdout }: Ended): Report {
  return reportSchema.parse(lastLine(stdout));
}

/** The figures that a program printed as its last line. */
export function lastLine(stdout: string): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function figuresOf({ text, ...times }: Report, speech: Speech): Figures {
  const errors = wordErrors(speech.text, text);
  const derived = { ...speedOf(times), wer: wordErrorRate(errors), ...errors };
  // Where the system does not tell a process's memory, nothing stands rather than a wrong number.
  return Object.fromEntries(
    Object.entries({ ...times, ...derived }).filter(([, value]) => Number.isFinite(value)),
  );
}
