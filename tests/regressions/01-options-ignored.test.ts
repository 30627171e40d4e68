import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { subtitleCommand, stageOptions } from '../../src/cli/commands/subtitle.js';
import { Recognizer } from '../../src/engines/recognizer.js';
import { Translator } from '../../src/engines/translator.js';
import { loadAddon } from '../../src/native/load.js';
import { recognizerOptionsSchema } from '../../src/options/recognizer.js';
import { transcribeOptionsSchema } from '../../src/options/transcribe.js';
import { jobRunSchemas } from '../../src/options/job-runs.js';
import { translationWorkSchema } from '../../src/options/subtitle-command.js';
import { translateOptionsSchema } from '../../src/options/translate.js';
import { translatorOptionsSchema } from '../../src/options/translator.js';
import { runCli } from '../cli/run-cli.js';
import { audioPath } from '../helpers/audio.js';
import { localModels } from '../helpers/job-run.js';
import { modelsDir } from '../helpers/models.js';
import { otherValues, type OtherValue } from '../helpers/other-values.js';

// The forerunner took --beam-size, --temperature and the settings of speech detection, wrote them
// down, and never told the engine. Here every option of the schemas is tried, so that none that is
// added later can be forgotten: the addon's engines are replaced by ones that write down their calls.
interface Call {
  readonly call: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly texts?: readonly string[];
}

const recorder = fileURLToPath(new URL('../helpers/recording-addon.cjs', import.meta.url));
const { recordCalls } = createRequire(import.meta.url)(recorder) as {
  recordCalls: (exports: object, write: (call: Call) => void) => void;
};
let calls: Call[] = [];
recordCalls(loadAddon(), (call) => calls.push(structuredClone(call)));

const wav = audioPath('jfk.wav');
const where = { ...modelsDir, download: 'never' } as const;

/** What the addon is asked for, or the refusal. */
async function asked(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  calls = [];
  const notes: unknown[] = [];
  await work().then(
    () => undefined,
    (error: { code: string; message: string }) => notes.push(error.code, error.message),
  );
  return [...calls, ...notes];
}

async function transcribed(options: object): Promise<readonly unknown[]> {
  const notes: string[] = [];
  const made = await asked(async () => {
    await using recognizer = await Recognizer.load('tiny.en', where);
    await recognizer.transcribe(wav, options, { onNote: (note) => notes.push(note) });
  });
  return [...made, ...notes];
}

const given = {
  clips: [{ start: 1, end: 2 }],
  start: 1,
  end: 4,
  language: 'de',
  'audio-track': 2,
  targets: ['hi'],
};
const decoding = otherValues(transcribeOptionsSchema, { given: { ...given, temperature: [0.4] } });

void t.test(
  'when an option of transcribe is given, the engine is told, or it is refused',
  async (t) => {
    const plain = await transcribed({});
    t.match(plain, [{ call: 'Recognizer.load' }, { call: 'fromFile' }, { call: 'transcribe' }]);
    for (const { flag, options } of decoding) {
      // A file that the addon decodes itself needs no ffmpeg.
      if (flag === 'ffmpeg') continue;
      t.notSame(await transcribed(options), plain, flag);
    }
    const beam = await transcribed({ beamSize: 5, temperature: [0.4], vad: { threshold: 0.9 } });
    const told = { beamSize: 5, retryBeamSize: 0, temperatures: [0.4], vad: { threshold: 0.9 } };
    t.match(beam.at(-1), { call: 'transcribe', options: told });
  },
);

void t.test(
  'when an option of a model is given, the engine is told, or it is refused',
  async (t) => {
    const load = (options: object): Promise<readonly unknown[]> =>
      asked(async () => (await Recognizer.load('tiny.en', { ...where, ...options })).close());
    const translator = (options: object): Promise<readonly unknown[]> =>
      asked(async () => (await Translator.load('demo', { ...where, ...options })).close());
    // These say where things are, and whether they may be fetched.
    const elsewhere = ['models-dir', 'cache-dir', 'download'];
    const numbers = { threads: 7, replicas: 3, 'batch-size': 3, device: 'cuda', engine: 'whisper' };
    for (const [schema, tried] of [
      [recognizerOptionsSchema, load],
      [translatorOptionsSchema, translator],
    ] as const) {
      const plain = await tried({});
      const values = otherValues(schema, { given: numbers });
      for (const { flag, options } of values.filter((one) => !elsewhere.includes(one.flag))) {
        t.notSame(await tried(options), plain, flag);
      }
      t.match(await tried({ modelsDir: '/nowhere', device: 'cpu' }), /./u);
    }
  },
);

void t.test(
  'when an option of translate is given, the engine is told, or it is refused',
  async (t) => {
    // As many alternatives as hypotheses can be had.
    const base = { source: 'en', target: 'es', beamSize: 4 };
    await using translator = await Translator.load('demo', where);
    const tried = (options: object): Promise<readonly unknown[]> =>
      asked(() =>
        translator.translateBatch(['I am hungry. Do not worry.'], { ...base, ...options }),
      );
    const plain = await tried({});
    t.match(plain, [{ call: 'translateBatch' }]);
    for (const { flag, options } of otherValues(translateOptionsSchema, { base })) {
      t.notSame(await tried(options), plain, flag);
    }
  },
);

/** Options as flags of one command line. */
function flagsOf(values: readonly OtherValue[]): readonly string[] {
  return values.map(({ flag, value }) => {
    if (typeof value === 'boolean') return value ? `--${flag}` : `--no-${flag}`;
    return `--${flag}=${Array.isArray(value) ? value.join(',') : String(value)}`;
  });
}

/** What the addon was asked for by a command line. */
async function askedBy(folder: string, args: readonly string[]): Promise<readonly Call[]> {
  const file = join(folder, 'calls.jsonl');
  const NODE_OPTIONS = `--require=${JSON.stringify(recorder)}`;
  const env = { NODE_OPTIONS, CPW_TEST_RECORD: file };
  const { status, stderr } = await runCli(args, { cwd: folder, env });
  if (status !== 0 || !existsSync(file)) throw new Error(`${args.join(' ')}: ${stderr}`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Call);
}

/** Cannot be given together with others, or not with every command. */
const apart = ['clips', 'channels', 'audio-track', 'ffmpeg', 'task', 'language', 'vad'];
const together = decoding.filter(({ flag }) => !apart.includes(flag));

/** The keys of the engine's options that all of the flags set, with their values. */
async function wantedKeys(t: Test): Promise<Record<string, unknown>> {
  const optionsOf = async (options: object): Promise<Record<string, unknown>> => {
    const call = (await transcribed({ language: 'en', ...options })).find(
      (one) => (one as Call).call === 'transcribe',
    );
    return { ...(call as Call).options };
  };
  const plain = await optionsOf({ wordTimestamps: true });
  const wanted: Record<string, unknown> = {};
  for (const { path, options } of together) {
    const found = await optionsOf({ ...options });
    for (const [key, value] of Object.entries(found)) {
      if (key === 'vad' || isDeepStrictEqual(value, plain[key])) continue;
      if (path[0] !== 'wordTimestamps' && key === 'wordTimestamps') continue;
      wanted[key] = value;
    }
  }
  t.ok(Object.keys(wanted).length >= 16, Object.keys(wanted).join(', '));
  const vad = together.filter(({ path }) => path[0] === 'vad');
  wanted['vad'] = Object.fromEntries(vad.map(({ path, value }) => [path[1], value]));
  return wanted;
}

void t.test('when all are given as flags, they reach the engine by every command', async (t) => {
  const wanted = await wantedKeys(t);
  const model = ['--model', 'tiny.en', '--models-dir', modelsDir.modelsDir, '--offline'];
  const flags = [...flagsOf(together), '--language=en'];
  for (const command of ['transcribe', 'subtitle']) {
    const folder = t.testdir();
    const made = await askedBy(folder, [command, wav, ...model, ...flags]);
    const call = made.find((one) => one.call === 'transcribe');
    t.match(call?.options, wanted, command);
    t.ok(
      made.some((one) => one.call === 'clip' && one.options['beginSamples']),
      `${command}: start`,
    );
    if (command === 'transcribe') continue;
    t.match(made.find((one) => one.call === 'detectSpeech')?.options, wanted['vad'] ?? {});
  }
});

void t.test('when a search is given as flags, translations are searched for so', async (t) => {
  const search = otherValues(translationWorkSchema).filter(({ path }) => path[0] === 'translation');
  const wanted = Object.fromEntries(search.map(({ path, value }) => [path[1] ?? '', value]));
  const { splitSentences: _, restrictOutput: __, ...told } = wanted;
  const spoken = ['--source=en', '--targets=es', ...localModels()];
  const flags = flagsOf(search);
  const folder = t.testdir();
  const made = await askedBy(folder, ['subtitle', wav, ...spoken, ...flags]);
  const call = made.find((one) => one.call === 'translateBatch');
  t.match(call?.options, { ...told, script: '' }, 'subtitle');
});

void t.test('when a flag of subtitle is given, a stage is told', async (t) => {
  const { schemas } = subtitleCommand;
  type Values = Parameters<typeof stageOptions>[0];
  const needs = { targets: ['es'], translateModel: 'demo' };
  const parsed = (part: string, value: object): unknown =>
    schemas[part as keyof typeof schemas].parse(
      part === 'subtitle' ? { ...needs, ...value } : value,
    );
  const defaults = Object.fromEntries(Object.keys(schemas).map((part) => [part, parsed(part, {})]));
  const told = (values: object): unknown =>
    stageOptions({ ...defaults, ...values } as Values, { general: {} } as never);
  const plain = told({});
  // What the command itself reads: where results and jobs are, which stages run, a dry run.
  const own = ['output-dir', 'overwrite'];
  // Subtitles need the times of words, whatever is said.
  const always = ['word-timestamps'];
  // How a run is watched, retried and told of is no stage's to know: tests/service, pipeline-faults.
  const itself = ['pipeline', 'job', 'dry', ...Object.keys(jobRunSchemas)];
  for (const part of Object.keys(schemas).filter((one) => !itself.includes(one))) {
    const schema = schemas[part as keyof typeof schemas];
    const base = part === 'subtitle' ? needs : {};
    for (const { flag, options } of otherValues(schema, { base, given })) {
      if (own.includes(flag) || always.includes(flag)) continue;
      t.notSame(told({ [part]: parsed(part, options) }), plain, `${part}: ${flag}`);
    }
  }
});
