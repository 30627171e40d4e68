import t from 'tap';
import { configRows, configSchemas, fileSchema, variableOf } from '../../src/options/config.js';
import {
  environmentSource,
  fileSource,
  jobInputs,
  keyOf,
  type ConfigSource,
  type GivenValue,
  type SourceKind,
} from '../../src/options/config-sources.js';
import { parseConfigText } from '../../src/options/config-text.js';
import { describeOptions } from '../../src/options/describe.js';
import { mergeOptions } from '../../src/options/merge.js';
import { transcribeOptionsSchema } from '../../src/options/transcribe.js';
import { z } from 'zod';

function file(text: string, name = 'c.yaml', kind: 'config' | 'job' = 'config') {
  return parseConfigText({ kind, name, text });
}

/** A source whose values are named after it. */
function source(kind: SourceKind, values: Record<string, unknown>): ConfigSource {
  const given = new Map<string, GivenValue>(
    Object.entries(values).map(([key, value]) => [key, { value, name: `${kind} ${key}` }]),
  );
  return { kind, given };
}

t.test('when a file is wrong, each mistake has its line', async (t) => {
  const text =
    '# a comment\nmodle: x\nvad:\n  threshold: 2\n  treshold: 1\noutputDir: ~/out\nthreads: "4"\n';
  const read = fileSource(file(text));
  const of = (option: string) => read.problems.find((one) => one.option === option)?.message;
  t.match(of('c.yaml:2: modle'), /did you mean model\?/);
  t.match(of('c.yaml:5: vad.treshold'), /did you mean vad\.threshold\?/);
  t.match(of('c.yaml:6: outputDir'), /~ means nothing here/);
  const { problems } = mergeOptions(configSchemas.transcribe, [read], 'check');
  t.match(problems, [{ option: 'c.yaml:4: vad.threshold', message: /2 cannot be taken/ }]);
  const threads = mergeOptions(configSchemas.recognizer, [read], 'check').problems;
  t.match(threads, [{ option: 'c.yaml:7: threads', message: /"4" cannot be taken/ }]);
  for (const whole of ['[1, 2]', 'just text', '5']) {
    t.match(fileSource(file(whole)).problems, [{ option: 'c.yaml', message: /no object/ }], whole);
  }
});

t.test('when a file cannot be read, the error says where', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['c.yaml', 'model: a\nmodel: b', /^c\.yaml:2:1: .*unique/],
    ['c.yaml', 'model: [a', /^c\.yaml:\d+:\d+: /],
    ['c.json', '{"model": "a",}', /^c\.json: cannot be read: .*JSON/],
    ['c.json', 'model: a', /^c\.json: /],
    ['c.json', '{"model": "a", "model": "b"}', /^c\.json:1:16: .*unique/],
    [
      'c.yaml',
      `a: &a [x]\n${'b: &b [*a, *a, *a]\n'.repeat(1)}c: *missing`,
      /c\.yaml.*[Uu]nresolved alias/,
    ],
  ];
  for (const [name, text, message] of cases) {
    t.throws(() => file(text, name), { code: 'CPW_INVALID_OPTIONS', message }, text);
  }
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [last, next] of ['ab', 'bc', 'cd', 'de', 'ef'].map((two) => [two[0], two[1]])) {
    bomb.push(`${next}: &${next} [${Array(9).fill(`*${last}`).join(', ')}]`);
  }
  t.throws(() => file(bomb.join('\n')), { code: 'CPW_INVALID_OPTIONS' }, 'aliases that multiply');
});

t.test('when files hold what they may, comments and empty ones are fine', async (t) => {
  for (const text of ['', '# only a comment\n', '---\n', 'null']) {
    t.match(fileSource(file(text)), { problems: [], given: new Map() }, JSON.stringify(text));
  }
  const read = fileSource(file('\uFEFF{"$schema": "x", "model": "a # b"}', 'c.json'));
  t.strictSame(read.problems, []);
  t.equal(read.given.get('model')?.value, 'a # b');
  t.equal(fileSource(file('model: base # not a part of it')).given.get('model')?.value, 'base');
  const job = file('inputs: [a.wav, b.wav]\nmodel: tiny', 'job.yaml', 'job');
  t.strictSame(jobInputs(job), { inputs: ['a.wav', 'b.wav'], problems: [] });
  t.match(jobInputs(file('\ninputs: a.wav', 'job.yaml', 'job')).problems, [
    { option: 'job.yaml:2: inputs', message: /no list/ },
  ]);
  t.match(fileSource(file('inputs: [a.wav]')).problems, [{ message: /not an option/ }]);
});

t.test('when variables are read, their texts are parsed as flags are', async (t) => {
  const { given, warnings, problems } = environmentSource({
    CPW_MODEL: 'tiny.en',
    CPW_THREADS: '2',
    CPW_VAD: 'true',
    CPW_VAD_THRESHOLD: '.7',
    CPW_OVERWRITE: '1',
    CPW_FORMAT: 'srt, vtt',
    CPW_LANGUAGE: '',
    CPW_BEEM_SIZE: '5',
    CPW_ZZZZZZZZZZ: '5',
    CPW_BUILD_BLAS: 'mkl',
    CPW_TEST_LONG: '1',
    CPW_NATIVE_PATH: '/x',
    CPW_CONFIG: 'none',
    PATH: '/bin',
  });
  t.strictSame(
    [...given].map(([key, { value, name }]) => [key, value, name]),
    [
      ['model', 'tiny.en', 'CPW_MODEL'],
      ['threads', 2, 'CPW_THREADS'],
      ['vad', true, 'CPW_VAD'],
      ['vad.threshold', 0.7, 'CPW_VAD_THRESHOLD'],
      ['overwrite', true, 'CPW_OVERWRITE'],
      ['format', ['srt', 'vtt'], 'CPW_FORMAT'],
    ],
  );
  t.match(warnings, [/CPW_BEEM_SIZE.*did you mean CPW_BEAM_SIZE\?/, /CPW_ZZZZZZZZZZ.*config show/]);
  t.equal(warnings.length, 2);
  t.strictSame(problems, []);
  const useless = environmentSource({ CPW_VAD: 'false', CPW_VAD_THRESHOLD: '0.4' });
  t.match(useless.problems, [
    { option: 'CPW_VAD_THRESHOLD', message: /no effect with CPW_VAD=false/ },
  ]);
  const { problems: wrong } = mergeOptions(
    transcribeOptionsSchema,
    [environmentSource({ CPW_VAD: 'perhaps', CPW_BEAM_SIZE: 'many' })],
    'x',
  );
  t.strictSame(wrong.map(({ option }) => option).sort(), ['CPW_BEAM_SIZE', 'CPW_VAD']);
});

t.test('when sources disagree, the strongest wins, option by option', async (t) => {
  const sources = [
    source('flag', { beamSize: 2 }),
    source('job', { beamSize: 3, language: 'de' }),
    source('environment', { language: 'fr', task: 'translate', windowS: 20 }),
    source('config', { windowS: 10, initialPrompt: 'names' }),
  ];
  const { data, origins } = mergeOptions(transcribeOptionsSchema, sources, 'transcribe');
  t.match(data, {
    beamSize: 2,
    language: 'de',
    task: 'translate',
    windowS: 20,
    initialPrompt: 'names',
    vad: { threshold: 0.5 },
  });
  t.strictSame(Object.fromEntries([...origins].map(([key, { kind }]) => [key, kind])), {
    language: 'job',
    task: 'environment',
    beamSize: 'flag',
    initialPrompt: 'config',
    windowS: 'environment',
  });
  const { problems } = mergeOptions(
    transcribeOptionsSchema,
    [source('flag', { 'vad.threshold': 0.3 }), source('config', { 'vad.negThreshold': 0.4 })],
    'x',
  );
  t.match(problems, [
    { option: 'config vad.negThreshold', message: /0\.4 is above threshold \(0\.3\)/ },
  ]);
});

t.test('when a switch and what is below it meet, the stronger source decides', async (t) => {
  const vad = (...sources: ConfigSource[]) =>
    mergeOptions(transcribeOptionsSchema, sources, 'x').data?.vad;
  const threshold = (value: number) => source('config', { 'vad.threshold': value });
  t.equal(vad(source('flag', { vad: false }), threshold(0.7)), false);
  t.match(vad(source('flag', { vad: true }), threshold(0.7)), { threshold: 0.7 });
  t.match(vad(source('flag', { 'vad.speechPadMs': 9 }), source('config', { vad: false })), {
    speechPadMs: 9,
  });
  const three = [
    source('flag', { vad: true }),
    source('environment', { vad: false }),
    threshold(0.7),
  ];
  t.match(vad(...three), { threshold: 0.7 });
});

t.test('when an option has the name of another, no file sets it', async (t) => {
  const own = z.strictObject({ overwrite: z.boolean().default(false).describe('Another one') });
  const config = source('config', { overwrite: true });
  t.equal(mergeOptions(own, [config], 'x').data?.overwrite, false);
  t.equal(
    mergeOptions(own, [source('flag', { overwrite: true }), config], 'x').data?.overwrite,
    true,
  );
  t.equal(mergeOptions(configSchemas.output, [config], 'x').data?.overwrite, true);
});

t.test('when all options are listed, each has one path and one variable', async (t) => {
  const rows = configRows();
  t.equal(new Set(rows.map(({ path }) => keyOf(path))).size, rows.length);
  t.equal(new Set(rows.map(({ path }) => variableOf(path))).size, rows.length);
  const clash = rows.filter(({ path }) =>
    /^CPW_(BUILD|TEST|NATIVE)_|^CPW_CONFIG$/.test(variableOf(path)),
  );
  t.strictSame(clash, [], 'none of a reserved name');
  const { transcribeCommand } = await import('../../src/cli/commands/transcribe.js');
  const flags = Object.values(transcribeCommand.schemas).flatMap((one) => describeOptions(one));
  // Which job and which of its stages: of one run, not of a configuration.
  const ofOneRun = ['asJob', 'resume', 'from', 'to', 'only', 'force'];
  const flagsOnly = ['job', 'dryRun', ...ofOneRun];
  const known = [...rows.map(({ path }) => keyOf(path)), ...flagsOnly];
  const outside = flags.map(({ path }) => keyOf(path)).filter((key) => !known.includes(key));
  t.strictSame(outside, [], 'every flag of transcribe is an option of the configuration');
  const schema = z.toJSONSchema(fileSchema('job'), { io: 'input' });
  t.match(schema, {
    properties: { model: { default: 'base' }, inputs: { type: 'array' } },
    additionalProperties: false,
  });
});
