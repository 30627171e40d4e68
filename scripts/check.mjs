// npm run check: format, lint, types, layers. Every check runs, each failure is shown in full.
// `npm run check -- lint types` runs the checks whose names begin so.
import { nativeLayerViolations, sourcesBelow } from './check-native-layers.mjs';
import { treeViolations } from './check-tree.mjs';
import { workflowViolations } from './check-workflows.mjs';
import { ensureNodeModules } from './ensure.mjs';
import { bin, main, run, since, StepError } from './process.mjs';

const tsc = 'node_modules/typescript/bin/tsc';

/** @type {readonly { name: string, body: () => Promise<string[]> | string[] }[]} */
const checks = [
  {
    name: 'format: prettier',
    body: () => tool(bin('prettier'), ['--check', '--log-level=warn', '.']),
  },
  { name: 'format: clang-format', body: clangFormat },
  { name: 'lint: oxlint, type-aware', body: lint },
  { name: 'types: src', body: () => tool(process.execPath, [tsc, '--noEmit']) },
  { name: 'types: tests', body: () => tool(process.execPath, [tsc, '--project', 'tests']) },
  { name: 'layers: TypeScript', body: layers },
  { name: 'layers: C++', body: nativeLayerViolations },
  { name: 'tree', body: treeViolations },
  { name: 'workflows: actionlint', body: workflowViolations },
];

await main(async () => {
  const start = performance.now();
  const wanted = process.argv.slice(2);
  const chosen = checks.filter(
    ({ name }) => wanted.length === 0 || wanted.some((one) => name.startsWith(one)),
  );
  if (chosen.length === 0) throw new StepError(`No check begins with ${wanted.join(', ')}.`);
  await ensureNodeModules();

  let failed = 0;
  for (const { name, body } of chosen) {
    const begin = performance.now();
    const violations = await body();
    if (violations.length > 0) failed += 1;
    process.stdout.write(
      `${violations.length > 0 ? 'FAILED' : 'ok    '} ${name} (${since(begin)})\n`,
    );
    for (const line of violations) process.stdout.write(`    ${line}\n`);
  }
  process.stdout.write(
    `${chosen.length - failed} of ${chosen.length} checks passed after ${since(start)}\n`,
  );
  return failed > 0 ? 1 : 0;
});

/** A tool's output where it failed. */
async function tool(command, args) {
  const { status, output } = await run(command, args, { capture: true });
  return status === 0 ? [] : [...output.trimEnd().split('\n'), `(status ${status})`];
}

function lint() {
  return tool(bin('oxlint'), ['--type-aware', '--deny-warnings', '--format=unix', '.']);
}

async function clangFormat() {
  const files = [...sourcesBelow('native'), ...sourcesBelow('tests/native')];
  if (files.length === 0) return ['no C++ file was read'];
  const args = ['--dry-run', '-Werror', '--style=file', ...files];
  const { status, output } = await run(bin('clang-format'), args, { capture: true });
  if (status === 0) return [];
  const places = [...output.matchAll(/^(\S+?:\d+):\d+: error: /gm)].map((match) => match[1]);
  const first = new Map(places.toReversed().map((place) => [place.split(':')[0], place]));
  const lines = [...first.values()].map((place) => `${place}: not as clang-format writes it`);
  return lines.length > 0 ? [...lines.toReversed(), 'npm run format writes it so'] : [output];
}

// dependency-cruiser passes when it reads nothing (an unknown compiler version, a wrong path), so
// the number of modules it read is looked at too.
async function layers() {
  const { status, output } = await run(
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src'],
    { capture: true },
  );
  if (status !== 0) return output.trimEnd().split('\n');
  const modules = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  return modules > 10 ? [] : [`dependency-cruiser read ${modules} modules: it did not see src`];
}
