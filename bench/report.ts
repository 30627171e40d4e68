import { markdownTable } from 'markdown-table';
import { columns } from '../src/cli/columns.js';
import { shown, type Finding } from './budgets.js';
import type { Results, Roofline, Row } from './results.js';

/** The figures that stand in the table of every case, in this order; what a case lacks is left out. */
const titles: Readonly<Record<string, string>> = {
  rtfx: 'x real time',
  wallS: 'wall s',
  cpuS: 'CPU s',
  peakMb: 'peak MB',
  loadS: 'load s',
  wer: 'WER',
  errors: 'errors',
  words: 'words',
  msPerAudioSecond: 'ms / s of audio',
  encodeMs: 'encode ms',
  decodeMsPerWord: 'decode ms / word',
  alignMsPerAudioSecond: 'align ms / s of audio',
  p50Ms: 'p50 ms',
  p95Ms: 'p95 ms',
  busyShare: 'busy after',
  firstSegmentS: 'first segment s',
  p99Ms: 'p99 ms',
  controlP99Ms: 'control p99 ms',
  growth: 'growth',
  cues: 'cues',
  addonMb: 'addon MB',
  javascriptMb: 'JavaScript MB',
  packagesMb: 'packages MB',
  totalMb: 'total MB',
};

/** One case's rows as cells, the first row the titles. */
export function caseTable(rows: readonly Row[]): readonly (readonly string[])[] {
  const names = Object.keys(titles).filter((name) => rows.some(({ figures }) => name in figures));
  const head = ['contender', 'model', 'trials', ...names.map((name) => titles[name] ?? name)];
  return [
    head,
    ...rows.map((row) => [
      row.contender,
      row.model,
      String(row.trials),
      ...names.map((name) => cell(row, name)),
    ]),
  ];
}

/** The best and the median; one number where they do not differ. Of a speed the best is the largest. */
function cell({ figures }: Row, name: string): string {
  const figure = figures[name];
  if (figure === undefined) return '';
  const best = shown(name === 'rtfx' ? figure.max : figure.min);
  const middle = shown(figure.median);
  return best === middle ? best : `${best} (${middle})`;
}

/** What did not run, and why. */
export function remarks(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ contender, model, skipped, failed }) => {
    const name = [contender, model].filter(Boolean).join(' ');
    if (failed !== undefined) return [`${name} failed: ${failed}`];
    return skipped === undefined ? [] : [`${name} left out: ${skipped}`];
  });
}

/** A case for a terminal. */
export function caseText(rows: readonly Row[]): string {
  const ran = rows.filter(({ trials }) => trials > 0);
  const table = ran.length === 0 ? '' : columns(caseTable(ran));
  return `${table}${remarks(rows)
    .map((line) => `${line}\n`)
    .join('')}`;
}

/** The whole run as a page of Markdown. */
export function markdown(
  results: Results,
  options: { readonly abouts: ReadonlyMap<string, string>; readonly findings: readonly Finding[] },
): string {
  const { machine, at, roofline, rows } = results;
  const cases = [...new Set(rows.map((row) => row.case))];
  const sections = cases.flatMap((name) => {
    const own = rows.filter((row) => row.case === name);
    const ran = own.filter(({ trials }) => trials > 0);
    return [
      `## ${name}`,
      `${options.abouts.get(name) ?? ''}.`,
      ...(ran.length === 0 ? [] : [markdownTable(caseTable(ran).map((row) => [...row]))]),
      ...remarks(own).map((line) => `- ${line}`),
    ];
  });
  const facts =
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, ` +
    `Node ${machine.node}; load ${machine.loadBefore} before and ${machine.loadAfter} after.`;
  return `${[
    `# Benchmarks of ${at}`,
    facts,
    'Best of the trials, and the median in brackets where it differs.',
    '## roofline',
    markdownTable(rooflineTable(roofline).map((row) => [...row])),
    ...sections,
    ...(options.findings.length === 0
      ? []
      : ['## Budgets and baseline', markdownTable(findingTable(options.findings))]),
  ].join('\n\n')}\n`;
}

/** The machine's peaks as cells. */
export function rooflineTable({ threads, one, all }: Roofline): readonly (readonly string[])[] {
  const row = (name: string, rate: Roofline['one']): string[] => [
    name,
    shown(rate.gflopsF32),
    shown(rate.gopsInt8),
    shown(rate.copyGbS),
  ];
  const head = ['threads', 'f32 GFLOP/s', 'int8 GOP/s', 'copy GB/s'];
  return [head, row('1', one), row(String(threads), all)];
}

/** Breaches first. */
export function findingTable(findings: readonly Finding[]): string[][] {
  const order = ['breach', 'kept', 'open'];
  return [
    ['verdict', 'budget', 'found'],
    ...findings
      .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
      .map(({ verdict, name, said }) => [verdict, name, said]),
  ];
}
