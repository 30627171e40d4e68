// npm test: brings what the checkout lacks, runs every kind of test, ends with one line of counts.
// `npm test -- --unit --native` runs those kinds, `npm test -- tests/unit/x.test.ts` those files.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureAll, ensureNodeModules } from '../scripts/ensure.mjs';
import { main, root, run, since, StepError } from '../scripts/process.mjs';
import { coverage } from './coverage.mjs';
import { runNative } from './native.mjs';
import { addCounts, countStep, noCounts } from './results.mjs';
import { runTap } from './tap.mjs';

const tapKinds = ['unit', 'contract', 'regressions', 'cli', 'model', 'service', 'package', 'e2e'];
const kinds = ['types', ...tapKinds, 'native', 'asan'];
/** Kinds that need neither the addon nor a model. */
const lightKinds = new Set(['types', 'unit']);

await main(async () => {
  const start = performance.now();
  const chosen = parse(process.argv.slice(2));
  const touched = [...chosen.kinds, ...chosen.files.map((file) => file.split('/')[1])];
  const light = touched.every((kind) => lightKinds.has(kind));
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

function report(totals, start) {
  process.stdout.write('\n');
  for (const skip of totals.skipped) process.stdout.write(`skipped  ${skip}\n`);
  for (const failure of totals.failures) process.stdout.write(`FAILED   ${failure}\n`);
  if (totals.passed + totals.failed === 0) process.stdout.write('No test ran.\n');
  process.stdout.write(`npm test took ${since(start)}\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}
