// Line coverage of src, from V8's own records: every process that a test starts leaves one, so a
// spawned command line counts as well, through dist's source maps.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, root, run } from '../scripts/process.mjs';
import { countStep } from './results.mjs';

const leastLines = 80;
const raw = path.join(root, 'build/coverage/raw');
const ours = ['src/', 'dist/'].map((folder) => pathToFileURL(path.join(root, folder)).href);

/** Empties the records of the last run. @returns {NodeJS.ProcessEnv} What makes Node write them. */
export function recordCoverage() {
  rmSync(path.dirname(raw), { recursive: true, force: true });
  mkdirSync(raw, { recursive: true });
  return { NODE_V8_COVERAGE: raw };
}

/** Prints the coverage, writes HTML and Cobertura, and counts the least that is asked as one test. */
export async function coverage() {
  for (const name of readdirSync(raw)) keepOurs(path.join(raw, name));
  const reporters = ['html', 'cobertura', 'json-summary', 'text-summary'];
  const { status, output } = await run(
    bin('c8'),
    [
      'report',
      `--temp-directory=${raw}`,
      '--reports-dir=build/coverage',
      // Counts files that no test loads; filters by the source's name, not dist's.
      '--all',
      '--src=src',
      '--include=src/**/*.ts',
      '--exclude=src/service/{dist,node_modules}/**',
      '--exclude-after-remap',
      ...reporters.map((name) => `--reporter=${name}`),
    ],
    { capture: true },
  );
  process.stdout.write(output);
  if (status !== 0) return countStep(`coverage: c8 ended with status ${status}`, false);
  const summary = readFileSync(path.join(root, 'build/coverage/coverage-summary.json'), 'utf8');
  const percent = JSON.parse(summary).total.lines.pct;
  process.stdout.write(
    `Lines of src that ran in a test: ${percent} % (at least ${leastLines} %). ` +
      'build/coverage/index.html, build/coverage/cobertura-coverage.xml\n',
  );
  return countStep(`coverage: ${leastLines} % of src's lines run in a test`, percent >= leastLines);
}

// A record lists every module of Node and of the test runner, megabytes for each process.
function keepOurs(file) {
  let record;
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    rmSync(file); // cut off: its process was killed while it wrote
    return;
  }
  const mine = (url) => ours.some((folder) => url.startsWith(folder));
  const result = record.result.filter(({ url }) => mine(url));
  if (result.length === 0) {
    rmSync(file);
    return;
  }
  const maps = Object.entries(record['source-map-cache'] ?? {}).filter(([url]) => mine(url));
  writeFileSync(
    file,
    JSON.stringify({ ...record, result, 'source-map-cache': Object.fromEntries(maps) }),
  );
}
