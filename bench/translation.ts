import { existsSync } from 'node:fs';
import path from 'node:path';
import { benchPython, program } from './contenders.js';
import { cores, root } from './environment.js';
import { runProcess, type Command } from './process.js';
import type { Figures } from './results.js';

/** A model of a real one's shape, and what is written with it. */
interface Direction {
  readonly model: string;
  readonly shape: 'opus' | 'nllb';
  readonly script: 'Latn' | 'Deva';
}

const directions: readonly Direction[] = [
  { model: 'opus-mt', shape: 'opus', script: 'Latn' },
  { model: 'nllb-600m-latin', shape: 'nllb', script: 'Latn' },
  { model: 'nllb-600m-devanagari', shape: 'nllb', script: 'Deva' },
];

/** One who translates, with one direction. */
export interface TranslationEntry {
  readonly contender: string;
  readonly model: string;
  unable(): Promise<string | undefined>;
  trial(): Promise<Figures>;
}

/** The names that the case's rows have. */
export const translationContenders = ['cpw-greedy', 'cpw-beam-4', 'ctranslate2'] as const;

/** Greedy and with four hypotheses; the library driven plainly beside it, greedy. */
export function translationEntries(
  measure: (command: Command) => Promise<Figures>,
): readonly TranslationEntry[] {
  return directions.flatMap(({ model, shape, script }) => {
    const own = (contender: string, beam: string): TranslationEntry => ({
      contender,
      model,
      unable: async () => undefined,
      trial: async () => measure(program('translate', await modelOf(shape), script, beam)),
    });
    const plain: TranslationEntry = {
      contender: 'ctranslate2',
      model,
      unable: async () => (await benchPython('ctranslate2')).missing,
      trial: async () => measure(await plainCommand(shape)),
    };
    return [own('cpw-greedy', '1'), own('cpw-beam-4', '4'), plain];
  });
}

async function plainCommand(shape: Direction['shape']): Promise<Command> {
  const { program: python } = await benchPython('ctranslate2');
  const script = path.join(root, 'bench/contenders/run_ctranslate2.py');
  const job = program('translation-job', shape).map(quoted).join(' ');
  const run = [python, script, await modelOf(shape), '1', String(cores)].map(quoted).join(' ');
  return ['/bin/sh', '-c', `${job} | ${run}`];
}

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The folder of a model of that shape, written at the first call. */
async function modelOf(shape: Direction['shape']): Promise<string> {
  const folder = path.join(root, 'build/bench-models', shape);
  // Its last file.
  const last = shape === 'opus' ? 'target.spm' : 'sentencepiece.bpe.model';
  if (!existsSync(path.join(folder, last))) {
    await runProcess(program('make-translation-model', shape, folder));
  }
  return folder;
}
