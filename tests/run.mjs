// npm test: brings what the checkout lacks, runs every kind of test, ends with one line of counts.
// `npm test -- --unit --native` runs those kinds, `npm test -- tests/unit/x.test.ts` those files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureAll, ensureNodeModules } from '../scripts/ensure.mjs';
import { bin, main, root, run, since, StepError } from '../scripts/process.mjs';
import { runNative } from './native.mjs';
import { addCounts, countStep, noCounts } from './results.mjs';
import { runTap } from './tap.mjs';

const tapKinds = ['unit', 'contract', 'cli', 'model'];
const kinds = ['types', ...tapKinds, 'native', 'asan'];
/** Kinds that need neither the addon nor a model. */
const lightKinds = new Set(['types', 'unit']);
const leastLineCoverage = 80;

await main(async () => {
  const start = performance.now();
  const chosen = parse(process.argv.slice(2));
  const light = chosen.files.length === 0 && chosen.kinds.every((kind) => lightKinds.has(kind));
  await (light ? ensureNodeModules() : ensureAll());

  const totals = noCounts();
  if (chosen.kinds.includes('types')) {
    addCounts(totals, await timed('types', typeCheck));
  }
  const files = chosen.files.length > 0 ? chosen.files : tapFiles(chosen.kinds);
  if (files.length > 0) {
    addCounts(totals, await timed('tap', () => runTap(files)));
    if (tapKinds.every((kind) => chosen.kinds.includes(kind))) {
      addCounts(totals, await timed('coverage', coverage));
    }
  }
  if (chosen.kinds.includes('native')) {
    addCounts(totals, await timed('native', () => runNative({ sanitize: false })));
  }
  if (chosen.kinds.includes('asan')) {
    addCounts(totals, await timed('asan', () => runNative({ sanitize: true })));
  }
  return report(totals, start);
});

function parse(args) {
  const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.slice(2));
  const unknown = flags.filter((flag) => !kinds.includes(flag));
  if (unknown.length > 0) {
    throw new StepError(
      `No kind of test is called ${unknown.join(', ')}. There are: ${kinds.join(', ')}.`,
    );
  }
  const files = args.filter((arg) => !arg.startsWith('--'));
  const missing = files.filter((file) => !existsSync(path.join(root, file)));
  if (missing.length > 0) throw new StepError(`There is no ${missing.join(', ')}.`);
  return { files, kinds: flags.length > 0 ? flags : files.length > 0 ? [] : kinds };
}

async function timed(name, body) {
  const start = performance.now();
  process.stdout.write(`\n== ${name}\n`);
  const counts = await body();
  process.stdout.write(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed, ${since(start)}\n`,
  );
  return counts;
}

async function typeCheck() {
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'tests'];
  return countStep('types: tsc --project tests', (await run(process.execPath, tsc)).status === 0);
}

function tapFiles(chosen) {
  return tapKinds
    .filter((kind) => chosen.includes(kind))
    .flatMap((kind) => testsBelow(`tests/${kind}`))
    .sort();
}

function testsBelow(folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.posix.join(folder, name));
}

// tap's data, c8's report: --all counts the files that no test loads.
async function coverage() {
  const reporters = ['html', 'cobertura', 'json-summary', 'text-summary'];
  const { status, output } = await run(
    bin('c8'),
    [
      'report',
      '--temp-directory=.tap/coverage',
      '--reports-dir=build/coverage',
      '--all',
      '--src=src',
      '--include=src/**/*.ts',
      ...reporters.map((name) => `--reporter=${name}`),
    ],
    { capture: true },
  );
  process.stdout.write(output);
  if (status !== 0) return countStep(`coverage: c8 ended with status ${status}`, false);
  const summary = JSON.parse(
    readFileSync(path.join(root, 'build/coverage/coverage-summary.json'), 'utf8'),
  );
  const percent = summary.total.lines.pct;
  process.stdout.write(
    `Lines of src that ran: ${percent} % (at least ${leastLineCoverage}); build/coverage/index.html, build/coverage/cobertura-coverage.xml\n`,
  );
  return countStep(
    `coverage: at least ${leastLineCoverage} % of src's lines run in a test`,
    percent >= leastLineCoverage,
  );
}

function report(totals, start) {
  process.stdout.write('\n');
  for (const skip of totals.skipped) process.stdout.write(`skipped  ${skip}\n`);
  for (const failure of totals.failures) process.stdout.write(`FAILED   ${failure}\n`);
  if (totals.passed + totals.failed === 0) process.stdout.write('No test ran.\n');
  process.stdout.write(`npm test took ${since(start)}\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}
