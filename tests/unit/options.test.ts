import fc from 'fast-check';
import t from 'tap';
import { z } from 'zod';
import { CpwError } from '../../src/errors.js';
import { describeOptions, flagOf } from '../../src/options/describe.js';
import { configOptionsSchema } from '../../src/options/general.js';
import { outputOptionsSchema } from '../../src/options/output.js';
import { parseOptions, type OptionProblem } from '../../src/options/parse.js';
import { modelSchema, recognizerOptionsSchema } from '../../src/options/recognizer.js';
import { suggest } from '../../src/options/suggest.js';
import { transcribeOptionsSchema, vadOptionsSchema } from '../../src/options/transcribe.js';
import { readConfiguration } from '../../src/cli/configuration.js';
import { flagsNamedNo, hideNoFlags, restoreNoFlags } from '../../src/cli/no-flags.js';

const schemas = {
  recognizer: recognizerOptionsSchema,
  transcribe: transcribeOptionsSchema,
  vad: vadOptionsSchema,
  output: outputOptionsSchema,
};

async function problemsOf(run: () => unknown): Promise<Record<string, string>> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CpwError) || error.code !== 'CPW_INVALID_OPTIONS') throw error;
    const problems = error.details?.['problems'] as OptionProblem[];
    for (const { option } of problems) t.ok(error.message.includes(option), 'named in the message');
    return Object.fromEntries(problems.map(({ option, message }) => [option, message]));
  }
  return {};
}

t.test('when several options are wrong, all are named at once by their paths', async (t) => {
  const given = {
    windowS: 31,
    beamSize: 'five',
    task: 'transcrib',
    language: 'English',
    vad: { threshold: 2, minSpeechDurationMs: 0.5, speechPad: 3 },
    beemSize: 3,
  };
  const problems = await problemsOf(() =>
    parseOptions(transcribeOptionsSchema, given, { subject: 'transcribe' }),
  );
  t.strictSame(Object.keys(problems).sort(), [
    'beamSize',
    'beemSize',
    'language',
    'task',
    'vad.minSpeechDurationMs',
    'vad.speechPad',
    'vad.threshold',
    'windowS',
  ]);
  t.match(problems['windowS'], /31.*from 1 to 30/);
  t.match(problems['beamSize'], /"five".*a whole number from 1 to 8/);
  t.match(problems['task'], /"transcrib".*one of transcribe, translate/);
  t.match(problems['language'], /"English" is not a language code/);
  t.match(problems['vad.threshold'], /2.*from 0 to 1/);
  t.match(problems['beemSize'], /did you mean beamSize\?/);
  t.match(problems['vad.speechPad'], /vad\.speechPadMs|not an option here/);
});

t.test('when a value is of the wrong kind altogether, the options are refused', async (t) => {
  for (const value of [null, 5, 'x', [], true]) {
    const parse = () => parseOptions(transcribeOptionsSchema, value, { subject: 'transcribe' });
    if (value === null) t.doesNotThrow(parse, 'null counts as none given');
    else t.throws(parse, { code: 'CPW_INVALID_OPTIONS' }, String(value));
  }
  for (const bad of [NaN, Infinity, -1, 0.5, 2 ** 31, '4', null, {}]) {
    const options = { threads: bad };
    t.throws(
      () => parseOptions(recognizerOptionsSchema, options, { subject: 'load' }),
      { code: 'CPW_INVALID_OPTIONS', message: /threads: .*auto or a whole number from 1 to 1024/ },
      `threads ${JSON.stringify(bad)}`,
    );
  }
});

t.test('when options contradict each other, the message names both', async (t) => {
  const vad = await problemsOf(() =>
    parseOptions(vadOptionsSchema, { threshold: 0.3, negThreshold: 0.4 }, { subject: 'vad' }),
  );
  t.match(vad['negThreshold'], /0\.4 is above threshold \(0\.3\)/);
  const load = await problemsOf(() =>
    parseOptions(recognizerOptionsSchema, { device: 'cpu', deviceIndex: 1 }, { subject: 'load' }),
  );
  t.match(load['deviceIndex'], /no effect on the cpu/);
});

t.test('when nothing is given, every default is filled in and the result is frozen', async (t) => {
  const parsed = parseOptions(transcribeOptionsSchema, undefined, { subject: 'transcribe' });
  t.strictSame(parsed, {
    start: 0,
    ffmpeg: 'ffmpeg',
    channels: 'mix',
    language: 'auto',
    task: 'transcribe',
    wordTimestamps: false,
    multilingual: false,
    patience: 1,
    lengthPenalty: 1,
    repetitionPenalty: 1,
    noRepeatNgramSize: 0,
    temperature: [0, 0.2, 0.4, 0.6, 0.8, 1],
    bestOf: 5,
    compressionRatioThreshold: 2.4,
    logProbThreshold: -1,
    noSpeechThreshold: 0.6,
    conditionOnPreviousText: false,
    initialPrompt: '',
    hotwords: '',
    prefix: '',
    suppressTokens: [-1],
    vad: {
      threshold: 0.5,
      negThreshold: 0.35,
      minSpeechDurationMs: 250,
      maxSpeechDurationS: 30,
      minSilenceDurationMs: 500,
      speechPadMs: 200,
    },
  });
  t.ok(Object.isFrozen(parsed) && Object.isFrozen(parsed.vad));
  t.equal(modelSchema.parse(undefined), 'base');
});

t.test('when parsed options are parsed again, they stay the same', async (t) => {
  const first = parseOptions(recognizerOptionsSchema, { device: 'mps' }, { subject: 'load' });
  t.equal(first.device, 'metal', 'mps is another name of metal');
  t.strictSame(parseOptions(recognizerOptionsSchema, first, { subject: 'load' }), first);
  for (const vad of [true, false, { threshold: 0.05 }]) {
    const once = parseOptions(transcribeOptionsSchema, { vad }, { subject: 'transcribe' });
    t.strictSame(parseOptions(transcribeOptionsSchema, once, { subject: 'transcribe' }), once);
  }
});

t.test('when a threshold is given alone, the lower one follows it as in Silero', async (t) => {
  const ofThreshold = (threshold: number) =>
    parseOptions(vadOptionsSchema, { threshold }, { subject: 'vad' }).negThreshold;
  t.equal(ofThreshold(0.6), 0.45);
  t.equal(ofThreshold(0.1), 0);
});

t.test('when a schema is read, every leaf says what it means and how it is left out', async (t) => {
  for (const [name, schema] of Object.entries(schemas)) {
    for (const row of describeOptions(schema)) {
      t.ok(row.text.length > 20, `${name}: ${row.flag} has a meaning`);
      const undefinedAllowed = row.defaultText !== undefined || /unset|empty:/iu.test(row.text);
      t.ok(undefinedAllowed, `${name}: ${row.flag} has a default or says what unset means`);
      t.match(row.flag, /^[a-z]+(-[a-z]+)*$/);
    }
  }
  const flags = Object.values({ ...schemas, vad: z.strictObject({}) })
    .flatMap((schema) => describeOptions(schema))
    .map(({ flag }) => flag);
  t.equal(new Set(flags).size, flags.length, 'no flag stands for two options');
  t.ok(flags.includes('vad-min-silence-duration-ms'));
  t.equal(flagOf(['vad', 'speechPadMs']), 'vad-speech-pad-ms');
});

t.test('when each default is given as a value, it is accepted', async (t) => {
  for (const schema of Object.values(schemas)) {
    const parsed = parseOptions(schema, {}, { subject: 'all' });
    t.strictSame(parseOptions(schema, parsed, { subject: 'all' }), parsed);
  }
});

t.test('when flags are read, the options object has their paths and types', async (t) => {
  const { vad: _, ...own } = schemas;
  const file = { file: configOptionsSchema };
  const read = async (flags: Record<string, unknown>) => {
    const args = { _: ['transcribe'], $0: 'cpw-native', config: 'none', ...flags };
    const options = { schemas: { ...own, ...file }, name: 'transcribe', typed: [] };
    return (await readConfiguration(args, options)).values;
  };
  const wrong = await problemsOf(() =>
    read({ 'beem-size': '2', threads: '0', 'window-s': 'long', format: 'srt,docx', x: true }),
  );
  t.match(wrong['--beem-size'], /did you mean --beam-size\?/);
  t.match(wrong['--threads'], /^0 cannot be taken/);
  t.match(wrong['--window-s'], /"long" cannot be taken/);
  t.match(Object.values(wrong).join('\n'), /"docx".*txt, srt, vtt, ass, json, all/);
  t.match(wrong['-x'], /not an option/);
  const useless = await problemsOf(() => read({ vad: false, 'vad-threshold': '0.4' }));
  t.match(useless['--vad-threshold'], /no effect with --no-vad/);
  t.match((await problemsOf(() => read({ 'beam-size': ['1', '2'] })))['--beam-size'], /a list/);

  const { transcribe, recognizer, output } = await read({
    'beam-size': '3',
    threads: 'auto',
    replicas: '2',
    vad: true,
    'vad-threshold': '.7',
    'initial-prompt': '42',
    format: ['vtt', 'txt, srt'],
  });
  t.equal(transcribe.beamSize, 3);
  t.equal(transcribe.initialPrompt, '42', 'texts stay texts');
  t.match(transcribe.vad, { threshold: 0.7, speechPadMs: 200 });
  t.match(recognizer, { threads: 'auto', replicas: 2 });
  t.strictSame(output.format, ['txt', 'srt', 'vtt']);
  t.equal((await read({ vad: false })).transcribe.vad, false);
  t.strictSame((await read({ format: 'all' })).output.format, ['txt', 'srt', 'vtt', 'ass', 'json']);
});

t.test('when a word is mistyped, the near one is suggested and far ones are not', async (t) => {
  const known = ['--model', '--beam-size', '--language', '--format'];
  t.equal(suggest('--modle', known), '--model');
  t.equal(suggest('--beamSize', known), '--beam-size');
  t.equal(suggest('--lang', ['--long', ...known]), '--long');
  t.equal(suggest('--zzzzzz', known), undefined);
  t.equal(suggest('', known), undefined);
  t.equal(suggest('x'.repeat(100_000), known), undefined);
});

t.test('when any value is given, it parses or fails with CPW_INVALID_OPTIONS', async (t) => {
  const keys = Object.values(schemas).flatMap((schema) =>
    describeOptions(schema).map(({ path }) => path[0] ?? ''),
  );
  const object = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.anything());
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(schemas)), object, (schema, value) => {
      try {
        parseOptions(schema, value, { subject: 'any' });
        return true;
      } catch (error) {
        return error instanceof CpwError && error.code === 'CPW_INVALID_OPTIONS';
      }
    }),
    { numRuns: 300 },
  );
  t.pass('300 objects');
});

t.test(
  'when an option is called no-something, the command line knows it is no switch',
  async (t) => {
    const named = describeOptions(transcribeOptionsSchema)
      .map(({ path }) => flagOf(path))
      .filter((flag) => flag.startsWith('no-'));
    t.same(named.toSorted(), flagsNamedNo);
    const words = [
      'a.wav',
      '--no-speech-threshold',
      '0.5',
      '--no-vad',
      '--',
      '--no-speech-threshold',
    ];
    t.same(hideNoFlags(words), ['a.wav', '--value:no-speech-threshold', ...words.slice(2)]);
    t.same(restoreNoFlags({ 'value:no-speech-threshold': '0.5', vad: false }), {
      'no-speech-threshold': '0.5',
      vad: false,
    });
  },
);
