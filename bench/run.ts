// npm run bench: measures, tells, compares. bench/README.md says how to read it.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { columns } from '../src/cli/columns.js';
import { parseArguments, usage, UsageError, type Arguments } from './arguments.js';
import { compareWithBaseline } from './baseline.js';
import { budgetsSchema, checkBudgets, type Finding } from './budgets.js';
import { cases } from './cases.js';
import { speedChart } from './chart.js';
import { measure } from './measure.js';
import { caseText, findingTable, markdown, rooflineTable } from './report.js';
import { readChecked, readResults, type Results } from './results.js';

/** Exit statuses, the command line's own. */
const status = { ok: 0, breach: 1, usage: 2 } as const;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = status.usage;
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(usage);
    return status.ok;
  }
  const args = parseArguments(words);
  const results = args.results === undefined ? await measure(args) : readResults(args.results);
  if (args.results !== undefined) tell(results);
  const findings = args.check ? check(results, args) : [];
  write(results, findings, args);
  process.stdout.write(`\n${columns(rooflineTable(results.roofline))}`);
  if (!args.check) {
    // A trial that failed is told of, whatever was asked.
    return results.rows.some(({ failed }) => failed !== undefined) ? status.breach : status.ok;
  }
  const breaches = findings.filter(({ verdict }) => verdict === 'breach');
  process.stdout.write(`\n${columns(findingTable(findings))}`);
  const names = breaches.map(({ name }) => name).join(', ');
  const said = breaches.length === 0 ? 'No budget is broken.' : `BROKEN: ${names}`;
  process.stdout.write(`\n${said}\n`);
  return breaches.length === 0 ? status.ok : status.breach;
}

function check(results: Results, { budgets, baseline }: Arguments): readonly Finding[] {
  const findings = [
    ...checkBudgets(results, readChecked(budgets, budgetsSchema)),
    ...failures(results),
  ];
  if (baseline === 'none') return findings;
  if (!existsSync(baseline)) throw new UsageError(`--baseline: there is no ${baseline}`);
  return [...findings, ...compareWithBaseline(results, readResults(baseline))];
}

/** Trials that failed, for which there need not be a budget. */
function failures({ rows }: Results): readonly Finding[] {
  return rows.flatMap(({ failed, ...row }) => {
    const name = [row.case, row.contender, row.model].filter(Boolean).join(' ');
    return failed === undefined ? [] : [{ name, verdict: 'breach' as const, said: failed }];
  });
}

function tell({ rows }: Results): void {
  for (const name of new Set(rows.map((row) => row.case))) {
    process.stdout.write(`\n== ${name}\n${caseText(rows.filter((row) => row.case === name))}`);
  }
}

function write(results: Results, findings: readonly Finding[], { out }: Arguments): void {
  mkdirSync(out, { recursive: true });
  const abouts = new Map(cases.map(({ name, about }) => [name, about]));
  const chart = speedChart(results);
  const files: readonly (readonly [string, string | undefined])[] = [
    ['results.json', `${JSON.stringify(results, null, 2)}\n`],
    ['report.md', markdown(results, { abouts, findings })],
    ['chart.svg', chart],
  ];
  for (const [name, text] of files) {
    if (text !== undefined) writeFileSync(path.join(out, name), text);
  }
  process.stdout.write(`\nwrote ${files.map(([name]) => path.join(out, name)).join(', ')}\n`);
}
