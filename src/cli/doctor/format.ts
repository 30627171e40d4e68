import { columns, size } from '../columns.js';
import type { AddonReport } from './addon.js';
import type { HostReport } from './host.js';
import type { ModelsReport } from './models.js';
import type { DoctorReport } from './report.js';

/** The report for people. */
export function formatReport(report: DoctorReport): string {
  const lines = [
    `cpw-native ${report.version}`,
    ...section('Machine', hostLines(report.host)),
    ...section('Native addon', addonLines(report.addon)),
    ...section('Models', modelLines(report.models)),
    ...section('Other programs', [['ffmpeg', report.ffmpeg ?? 'not found']]),
    '',
    ...report.findings.map(({ level, message }) => `${level}: ${message}`),
    report.usable ? 'This machine can transcribe.' : 'This machine cannot transcribe yet.',
  ];
  return `${lines.join('\n')}\n`;
}

type Row = readonly [name: string, value: string];

function section(title: string, rows: readonly Row[]): string[] {
  const lines = columns(rows).trimEnd().split('\n');
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

function hostLines({ platform, arch, osRelease, node, glibc, cpu, memory }: HostReport): Row[] {
  const limit = memory.limitBytes === null ? '' : `, limited to ${size(memory.limitBytes)}`;
  return [
    ['platform', `${platform}-${arch}, ${osRelease}${glibc === null ? '' : `, glibc ${glibc}`}`],
    ['node', node],
    ['cpu', cpu.model],
    ['cores', `${cpu.usableCores} usable of ${cpu.cores}`],
    ['features', cpu.features.join(' ') || 'unknown'],
    ['memory', `${size(memory.totalBytes)}, ${size(memory.freeBytes)} free${limit}`],
  ];
}

function addonLines(addon: AddonReport): Row[] {
  if ('error' in addon) return [['error', `${addon.error.code}, see below`]];
  const pairs = (facts: Readonly<Record<string, string | boolean>>): string =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  return [
    ['file', addon.path],
    ['versions', pairs(addon.versions)],
    ['build', pairs(addon.build)],
    ...addon.backends.map(({ engine, device, available, detail }): Row => [
      `${engine} ${device}`,
      `${available ? 'available' : 'not available'}${detail === '' ? '' : `: ${detail}`}`,
    ]),
  ];
}

function modelLines(models: ModelsReport): Row[] {
  if ('error' in models) return [['error', models.error.message]];
  const installed = models.installed.map(({ name, formats }): Row => [
    name,
    formats.map(({ format }) => format).join(', '),
  ]);
  return [['folder', models.dir], ...installed];
}
