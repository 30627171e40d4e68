import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { automaticReplicas } from '../../engines/automatic-replicas.js';
import { checkFile } from '../../media/check-file.js';
import { installedModels, modelsRoot, type InstalledModel } from '../../models/layout.js';
import { canonicalName } from '../../models/registry.js';
import { availableCores } from '../../native/cpu.js';
import { flagOf } from '../../options/describe.js';
import { optionsError } from '../../options/parse.js';
import { modelSchema, recognizerOptionsSchema } from '../../options/recognizer.js';
import { transcribeOptionsSchema, windowWhenUnset } from '../../options/transcribe.js';
import type { EngineName } from '../../types.js';
import { runTrials } from '../bench/run-trials.js';
import { differences, fastest, type Setting, type Trial } from '../bench/settings.js';
import { columns } from '../columns.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import type { FlagValues } from '../flags.js';
import { cacheDirOf, modelsDirOf } from '../library.js';

const { modelsDir, cacheDir } = recognizerOptionsSchema.shape;
const schemas = {
  bench: z.strictObject({
    file: z
      .string()
      .min(1, 'is empty; name a recording')
      // Required, but a schema can only say that a text is expected.
      .optional()
      .describe(
        'Recording that is transcribed with each setting: speech as yours is. Unset: refused',
      ),
    model: modelSchema
      .removeDefault()
      .optional()
      .describe('Installed model. Unset: base, or the first one that is installed'),
    language: transcribeOptionsSchema.shape.language,
    maxS: z
      .number()
      .min(1)
      .max(3600)
      .default(120)
      .describe('How much of the recording, in s, is transcribed with each setting'),
    trials: z
      .int32()
      .min(1)
      .max(20)
      .default(2)
      .describe('Runs of each setting; the best one counts'),
    modelsDir,
    cacheDir,
  }),
};

/** `cpw-native bench --file <media>` */
export const benchCommand: Command<typeof schemas> = {
  name: 'bench',
  words: '',
  summary:
    'Transcribes a recording with several settings on the CPU of this machine, tells how fast each ' +
    'is, and suggests what to set. Nothing is fetched and nothing written.',
  examples: [
    ['bench --file talk.wav', 'the settings for base, or for what is installed'],
    ['bench --file talk.wav --model small --language de', 'another model and language'],
    ['bench --file talk.wav --json', 'one line of JSON for each setting, and the suggestion'],
  ],
  notes:
    'Close other programs first: they slow some of the runs. The words show what a setting loses\n' +
    'or invents; it is worth reading the transcript of a setting that differs from the others.',
  schemas,
  count: [0, 0],
  run: async (_words, { bench }, context) => {
    const file = checkedFile(bench);
    await checkFile(file);
    const found = await installedModel(bench);
    const engines = enginesOf(found);
    const cores = availableCores();
    const windowS = windowWhenUnset.cpu;
    const trials = await runTrials({
      ...optionsOf(bench, context),
      file,
      model: found.name,
      engines,
      cores,
      windowS,
    });
    const [engine = 'ctranslate2'] = engines;
    const replicas = automaticReplicas({ engine, device: 'cpu', threads: cores });
    tell(trials, { engine, replicas, threads: cores, windowS }, { context, model: found.name });
    return exitStatus.ok;
  },
};

type BenchOptions = FlagValues<typeof schemas>['bench'];

function checkedFile({ file }: BenchOptions): string {
  if (file !== undefined) return file;
  const message = 'is missing; name a recording of the kind you transcribe, half a minute at least';
  throw optionsError([{ option: '--file', message }], 'bench');
}

function optionsOf(bench: BenchOptions, { signal, reporter }: CommandContext) {
  const load = {
    modelsDir: modelsDirOf(bench),
    cacheDir: cacheDirOf(bench),
    download: 'never',
    device: 'cpu',
  } as const;
  const { language, trials, maxS: seconds } = bench;
  return { language, trials, seconds, load, signal, reporter };
}

async function installedModel(bench: BenchOptions): Promise<InstalledModel> {
  const root = modelsDirOf(bench) ?? modelsRoot();
  const models = (await installedModels(root)).filter(({ role }) => role === 'recognizer');
  const wanted = bench.model === undefined ? 'base' : canonicalName(bench.model);
  const [first] = models;
  const named = models.find(({ name }) => name === wanted);
  const found = bench.model === undefined ? (named ?? first) : named;
  if (found !== undefined) return found;
  const list = models.map(({ name }) => name).join(', ');
  const there = list === '' ? 'no model is installed' : `installed: ${list}`;
  throw new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `Model '${wanted}' is not installed (store: ${root}; ${there}). ` +
      `Next step: cpw-native models pull ${wanted}.`,
    { details: { model: wanted, root } },
  );
}

/** The engines that have a form of the model, the one that is taken by itself first. */
function enginesOf({ formats }: InstalledModel): readonly EngineName[] {
  const has = (ggml: boolean): boolean =>
    formats.some(({ format }) => (format === 'ggml') === ggml);
  return [
    ...(has(false) ? ['ctranslate2' as const] : []),
    ...(has(true) ? ['whisper' as const] : []),
  ];
}

function tell(
  trials: readonly Trial[],
  defaults: Setting,
  { context, model }: { readonly context: CommandContext; readonly model: string },
): void {
  const { reporter, general } = context;
  const best = fastest(trials, defaults);
  if (best === undefined) return;
  const changed = differences(best, defaults);
  if (general.json) {
    const lines = [
      ...trials.map((trial) => ({ type: 'trial', model, ...trial })),
      { type: 'suggestion', model, speed: best.speed, options: optionsIn(best, changed) },
    ];
    reporter.result(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return;
  }
  const head = [
    'engine',
    'replicas',
    'threads',
    'windowS',
    'load s',
    'run s',
    'x real time',
    'words',
  ];
  const rows = trials.map((one) => [
    one.engine,
    String(one.replicas),
    String(one.threads),
    String(one.windowS),
    one.loadS.toFixed(2),
    one.elapsedS.toFixed(2),
    one.speed.toFixed(1),
    String(one.words),
  ]);
  reporter.result(`${columns([head, ...rows])}\n${suggestion(changed)}`);
}

function suggestion(changed: readonly (readonly [string, string])[]): string {
  if (changed.length === 0) {
    return 'Nothing is faster than the defaults here by more than trials differ: set nothing.\n';
  }
  const flags = changed.map(([key, value]) => `--${flagOf([key])} ${value}`).join(' ');
  const lines = changed.map(([key, value]) => `  ${key}: ${value}\n`).join('');
  return `Suggested flags: ${flags}\nOr in cpw-native.config.yaml:\n${lines}`;
}

function optionsIn(
  setting: Setting,
  changed: readonly (readonly [string, string])[],
): Partial<Setting> {
  const keys = changed.map(([key]) => key);
  return Object.fromEntries(Object.entries(setting).filter(([key]) => keys.includes(key)));
}
