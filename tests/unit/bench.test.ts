import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseArguments } from '../../bench/arguments.js';
import { compareWithBaseline, tolerances } from '../../bench/baseline.js';
import { budgetsSchema, checkBudgets, type MeasuredBudget } from '../../bench/budgets.js';
import { cases } from '../../bench/cases.js';
import { speedChart } from '../../bench/chart.js';
import { contenders } from '../../bench/contenders.js';
import { runtimePackages } from '../../bench/install-size.js';
import { caseText, markdown } from '../../bench/report.js';
import { translationContenders } from '../../bench/translation.js';
import { readChecked, summarise, type Results, type Row } from '../../bench/results.js';
import { differences, fastest, waysToShare, type Trial } from '../../src/cli/bench/settings.js';

const budgets = readChecked('bench/budgets.json', budgetsSchema);
const measured = [...budgets.founding, ...budgets.ours].filter(
  (budget): budget is MeasuredBudget => 'case' in budget,
);
const rate = { gflopsF32: 100, gopsInt8: 400, copyGbS: 10 };

function results(rows: readonly Row[], change: Partial<Results> = {}): Results {
  return {
    version: 1,
    at: '2000-01-01T00:00:00.000Z',
    short: false,
    machine: {
      cpu: 'A CPU',
      cores: 2,
      memoryGb: 8,
      system: 'Linux x64',
      node: '20.19.0',
      loadBefore: 0,
      loadAfter: 2,
    },
    roofline: { threads: 2, one: rate, all: rate },
    rows: [...rows],
    ...change,
  };
}

function row(
  of: Partial<Row> & Pick<Row, 'case' | 'contender'>,
  figures: Record<string, number>,
): Row {
  const all = Object.entries(figures).map(([name, value]) => {
    return [name, { min: value, median: value, max: value }] as const;
  });
  return { model: '', trials: 1, figures: Object.fromEntries(all), ...of };
}

/** The rows by which a budget reads exactly `value`. */
function rowsReading(
  { case: of, contender, figure, over, minus, model }: MeasuredBudget,
  value: number,
) {
  const where = { case: of, model: model ?? 'tiny.en' };
  const other = over ?? minus;
  // Over 1, and less 0.
  const theirs = over === undefined ? 0 : 1;
  return [
    row({ ...where, contender }, { [figure]: value }),
    ...(other === undefined ? [] : [row({ ...where, contender: other }, { [figure]: theirs })]),
  ];
}

const verdictOf = (budget: MeasuredBudget, value: number) =>
  checkBudgets(results(rowsReading(budget, value)), budgets).find(({ name }) =>
    [budget.name, `${budget.name} (${budget.model ?? 'tiny.en'})`].includes(name),
  )?.verdict;

t.test('when a figure is beyond its budget it is a breach, at the limit it is kept', async (t) => {
  t.ok(measured.length > 15);
  for (const budget of measured) {
    const { name, atMost, atLeast } = budget;
    const limit = atMost ?? atLeast ?? NaN;
    const beyond = atMost === undefined ? limit * 0.99 : limit === 0 ? 1 : limit * 1.01;
    t.equal(verdictOf(budget, beyond), 'breach', `${name} beyond`);
    t.equal(verdictOf(budget, limit), 'kept', `${name} at its limit`);
    t.equal(verdictOf(budget, NaN), 'breach', `${name} not a number`);
  }
});

t.test(
  'when budgets are read, each names a case and contenders that exist, or why not',
  async (t) => {
    const names = new Set(['cpw', ...contenders.map(({ name }) => name), ...translationContenders]);
    for (const { name, case: of, contender, over, minus } of measured) {
      t.ok(
        cases.some((one) => one.name === of),
        `${name}: case ${of}`,
      );
      for (const one of [contender, over, minus]) t.ok(one === undefined || names.has(one), name);
    }
    const limitOf = (name: string) => budgets.founding.find((one) => one.name === name)?.atMost;
    const founding = {
      demux: 10,
      asr_cpu: 60,
      asr_gpu: 10,
      asr_mps: 20,
      subtitle_generation: 3,
      mux: 15,
      translation: 5,
      demux_memory: 512,
      asr_memory: 8192,
      translation_memory: 4096,
      mux_memory: 2048,
    };
    for (const [name, limit] of Object.entries(founding)) t.equal(limitOf(name), limit, name);
    const pending = checkBudgets(results([]), budgets).find(({ name }) => name === 'asr_mps');
    t.match(pending, { verdict: 'open', said: /no case runs on Metal/ });
  },
);

t.test('when a trial failed or a contender is absent, the budget says so', async (t) => {
  const budget = measured.find(({ name }) => name === 'times_faster_whisper');
  if (budget === undefined) throw new Error('no such budget');
  const [mine, theirs] = rowsReading(budget, 9);
  if (mine === undefined || theirs === undefined) throw new Error('no rows');
  const find = (rows: readonly Row[]) =>
    checkBudgets(results(rows), budgets).find(({ name }) => name.startsWith(`${budget.name} (`));
  t.match(find([mine]), { verdict: 'open', said: /was not run/ });
  t.match(find([mine, { ...theirs, skipped: 'no Python' }]), {
    verdict: 'open',
    said: /no Python/,
  });
  t.match(find([{ ...mine, failed: 'crashed' }, theirs]), { verdict: 'breach', said: /crashed/ });
  t.match(find([mine, { ...theirs, failed: 'crashed' }]), { verdict: 'breach', said: /crashed/ });
  const garbled = { ...theirs.figures, wer: { min: 0.5, median: 0.5, max: 0.5 } };
  t.match(find([mine, { ...theirs, figures: garbled }]), { verdict: 'breach', said: /else/ });
  t.match(find([{ ...mine, figures: {} }, theirs]), { verdict: 'breach', said: /no figure rtfx/ });
});

t.test('when two machines differ, times are compared by what the machines can do', async (t) => {
  const of = { case: 'transcribe', contender: 'cpw-whisper', model: 'base' };
  const before = results([row(of, { wallS: 10, cpuS: 20, peakMb: 300 })]);
  const half = { gflopsF32: 50, gopsInt8: 200, copyGbS: 5 };
  const slower = { roofline: { threads: 2, one: half, all: half } };
  const verdicts = (figures: Record<string, number>, change: Partial<Results> = {}) =>
    compareWithBaseline(results([row(of, figures)], change), before).map(({ verdict }) => verdict);
  t.same(verdicts({ wallS: 20, cpuS: 40, peakMb: 300 }, slower), ['kept', 'kept', 'kept']);
  t.same(verdicts({ wallS: 20, cpuS: 40, peakMb: 300 }), ['breach', 'breach', 'kept']);
  t.same(verdicts({ wallS: 10, cpuS: 20, peakMb: 300 * tolerances.peakMb + 1 }), [
    'kept',
    'kept',
    'breach',
  ]);
  t.match(compareWithBaseline({ ...before, short: true }, before), [{ verdict: 'open' }]);
  const failed = results([row({ ...of, failed: 'crashed' }, {})]);
  t.match(compareWithBaseline(failed, before), [{ verdict: 'breach', said: 'crashed' }]);
});

t.test('when trials are summed up, a figure has its least, middle and most', async (t) => {
  const figures = summarise([{ wallS: 3, odd: 1 }, { wallS: 1 }, { wallS: 8 }]);
  t.same(figures, { wallS: { min: 1, median: 3, max: 8 } });
  t.same(summarise([]), {});
});

t.test('when results are told, tables, remarks and bars name who took part', async (t) => {
  const where = { case: 'transcribe', model: 'base' };
  const rows = [
    row({ ...where, contender: 'cpw-ctranslate2' }, { rtfx: 48.26, wallS: 6.41 }),
    { ...row({ ...where, contender: 'whisper-cli', skipped: 'not built' }, {}), trials: 0 },
  ];
  t.equal(
    caseText(rows),
    'contender        model  trials  x real time  wall s\n' +
      'cpw-ctranslate2  base   1       48.3         6.41\n' +
      'whisper-cli base left out: not built\n',
  );
  const findings = [{ name: 'abort', verdict: 'breach', said: '400, at most 300' }] as const;
  const page = markdown(results(rows), { abouts: new Map([['transcribe', 'text']]), findings });
  t.match(page, /\| cpw-ctranslate2 \| base {2}\| 1 {6}\| 48.3 /);
  t.match(page, /\| breach {2}\| abort {2}\|/);
  const svg = speedChart(results(rows)) ?? '';
  t.match(svg, /^<svg .*>cpw-ctranslate2<\/text>.*>48\.3<\/text>/s);
  t.notMatch(svg, /whisper-cli/, 'no bar without a figure');
  t.equal(speedChart(results([])), undefined);
});

t.test('when the command line is wrong, the mistake is named', async (t) => {
  t.throws(() => parseArguments(['--case', 'transcibe']), /did you mean transcribe\?/);
  t.throws(() => parseArguments(['--contender', 'me']), /there is no me; there are cpw, /);
  t.throws(() => parseArguments(['--trials', '0']), /--trials takes a whole number/);
  t.throws(() => parseArguments(['--chek']), /--chek/);
  t.match(parseArguments(['--short']), { models: ['tiny.en'], trials: 2 });
});

t.test('when settings are compared, only one that is clearly faster is suggested', async (t) => {
  t.same(waysToShare(1), [{ replicas: 1, threads: 1 }]);
  t.same(
    waysToShare(8).map(({ replicas }) => replicas),
    [8, 4, 1],
  );
  const defaults = { engine: 'ctranslate2', replicas: 2, threads: 2, windowS: 30 } as const;
  const trial = (change: Partial<Trial>): Trial => {
    return { ...defaults, loadS: 1, elapsedS: 1, speed: 40, words: 100, ...change };
  };
  const bit = trial({ replicas: 1, speed: 41 });
  const much = trial({ windowS: 15, speed: 60 });
  t.equal(fastest([], defaults), undefined);
  t.same(fastest([bit, trial({})], defaults), trial({}));
  t.same(fastest([trial({}), bit, much], defaults), much);
  t.same(differences(much, defaults), [['windowS', '15']]);
});

t.test(
  'when a results file breaks a budget, npm run bench -- --check says so and fails',
  async (t) => {
    const folder = t.testdir();
    const check = (rows: readonly Row[]) => {
      const file = path.join(folder, 'results.json');
      writeFileSync(file, JSON.stringify(results(rows)));
      const args = ['scripts/bench.mjs', '--check', '--results', file, '--baseline', 'none'];
      const options = { encoding: 'utf8' } as const;
      return spawnSync(process.execPath, [...args, '--out', folder], options);
    };
    const abort = { case: 'abort', contender: 'cpw-whisper', model: 'base' };
    const bad = check([row(abort, { p95Ms: 301 })]);
    t.equal(bad.status, 1);
    t.match(bad.stdout, /breach +abort_whisper \(base\) +301, at most 300/);
    t.match(bad.stdout, /\nBROKEN: abort_whisper \(base\)\n$/);
    t.match(readFileSync(path.join(folder, 'report.md'), 'utf8'), /\| breach +\| abort_whisper/);
    const good = check([row(abort, { p95Ms: 299 })]);
    t.match(good, { status: 0, stdout: /\nNo budget is broken\.\n$/ });
    const crashed = check([
      { ...row({ case: 'load', contender: 'cpw-whisper' }, {}), failed: 'dead' },
    ]);
    t.match(crashed, { status: 1, stdout: /BROKEN: load cpw-whisper\n$/ });
  },
);

t.test(
  'when the size of an installation is taken, the packages are those of the core',
  async (t) => {
    const packages = runtimePackages();
    for (const one of ['zod', 'yargs', 'cliui'])
      t.ok(packages.includes(`node_modules/${one}`), one);
    for (const one of ['fastify', '@sentry/node', 'typescript', 'tap']) {
      t.notOk(packages.includes(`node_modules/${one}`), one);
    }
  },
);
