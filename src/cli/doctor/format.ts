import { size } from '../columns.js';
import { sections, type Row } from './layout.js';
import type { DoctorReport } from './report-schema.js';

/** One sentence for whoever reads no other. */
function verdictOn({ usable, findings }: DoctorReport): string {
  if (usable) return 'This machine can transcribe.';
  const errors = findings.filter(({ level }) => level === 'error');
  const models = errors.length > 0 && errors.every(({ id }) => id === 'model-unreadable');
  return models
    ? 'Something that is installed is damaged: see the findings.'
    : 'This machine cannot transcribe yet.';
}

/** The report for people, in lines of `width` characters at most where words allow it. */
export function formatReport(report: DoctorReport, width: number): string {
  const verdict = verdictOn(report);
  return sections(
    `cpw-native ${report.version}`,
    [
      ['Machine', machineRows(report)],
      ['Native addon', addonRows(report)],
      ['Stages', stageRows(report)],
      ['Models', modelRows(report)],
      ['Programs and settings', settingRows(report)],
      ['Caches', cacheRows(report)],
      ['Findings', findingRows(report)],
    ],
    { width, verdict },
  );
}

function machineRows({ host, gpu }: DoctorReport): Row[] {
  const { cpu, memory } = host;
  const quota = cpu.quotaCores === null ? '' : `, CPU time for ${cpu.quotaCores.toFixed(2)}`;
  const limit = memory.limitBytes === null ? '' : `, limited to ${size(memory.limitBytes)}`;
  const glibc = host.glibc === null ? '' : `, glibc ${host.glibc}`;
  const gpus = gpu.devices.map(({ name, memoryBytes }) =>
    memoryBytes === null ? name : `${name} (${size(memoryBytes)})`,
  );
  const driver = gpu.driver === null ? '' : `; NVIDIA driver ${gpu.driver}`;
  return [
    ['system', `${host.system}, ${host.platform}-${host.arch} ${host.kernel}${glibc}`],
    ['Node.js', `${host.node} (${host.nodeRequired} is needed)`],
    ['CPU', cpu.model],
    ['features', cpu.features.join(' ') || 'unknown'],
    ['cores', `${cpu.usableCores} usable of ${cpu.cores} (mask ${cpu.maskCores}${quota})`],
    ['memory', `${size(memory.totalBytes)}, ${size(memory.availableBytes)} available${limit}`],
    ['GPU', `${gpus.join(', ') || 'none found'}${driver}`],
  ];
}

function addonRows({ addon, hardwareCache }: DoctorReport): Row[] {
  const pairs = (facts: Readonly<Record<string, string | boolean>>): string =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${value === true ? 'yes' : value === false ? 'no' : value}`)
      .join(', ');
  const bytes = addon.bytes === null ? '' : ` (${size(addon.bytes)})`;
  const tried = `in a child process, ${hardwareCache.triedAt}`;
  const remembered = `${tried}; remembered, --refresh tries again`;
  const rows: Row[] = [
    ['file', `${addon.path ?? 'none'}${bytes}`],
    ['tried', hardwareCache.from === 'trial' ? tried : remembered],
  ];
  if (addon.failure !== null) return [...rows, ['result', 'failed, see the findings']];
  return [
    ...rows,
    ['versions', pairs(addon.versions)],
    ['build', pairs(addon.build)],
    ...addon.backends.map(({ engine, device, available, detail }): Row => [
      `${engine} ${device}`,
      `${available ? 'works' : 'not usable'}${detail === '' ? '' : `: ${detail}`}`,
    ]),
  ];
}

function stageRows({ stages }: DoctorReport): Row[] {
  return stages.map(({ stage, status, engine, backend, detail }) => {
    if (status !== 'ready') return [stage, `- ${detail}`];
    return [stage, `${engine ?? ''}, ${backend ?? ''}: ${detail}`];
  });
}

function modelRows({ models }: DoctorReport): Row[] {
  const { dir, freeBytes, writable, exists } = models;
  const free = freeBytes === null ? '' : `, ${size(freeBytes)} free`;
  const state = exists ? '' : ', not made yet';
  return [
    ['folder', `${dir} (${writable ? 'writable' : 'not writable'}${free}${state})`],
    ...models.installed.map(({ name, formats }): Row => {
      const forms = formats.map(
        ({ format, bytes, problem }) =>
          `${format} ${size(bytes)}${problem === null ? '' : ' (unreadable)'}`,
      );
      return [name, forms.join(', ')];
    }),
  ];
}

function settingRows({ programs, configFile, environment }: DoctorReport): Row[] {
  const shown = Object.entries(programs).map(([name, { path, version, problem }]): Row => {
    if (path === null) return [name, 'not found'];
    return [name, problem === null ? `${version ?? 'unknown version'}, ${path}` : `fails, ${path}`];
  });
  const { proxies, variables } = environment;
  return [
    ...shown,
    ['config file', configFile ?? 'none'],
    ['proxies', proxies.map(({ name, value }) => `${name} ${value}`).join(', ') || 'none'],
    ['variables', variables.join(', ') || 'none'],
  ];
}

function cacheRows({ caches, hardwareCache }: DoctorReport): Row[] {
  if (caches.length === 0) return [['none', `nothing is kept yet (${hardwareCache.path})`]];
  return caches.map(({ name, bytes, files, complete }) => [
    name,
    `${size(bytes)} in ${files} ${files === 1 ? 'file' : 'files'}${complete ? '' : ' or more'}`,
  ]);
}

function findingRows({ findings }: DoctorReport): Row[] {
  if (findings.length === 0) return [['none', 'nothing to mend']];
  return findings.map(({ level, what, why, next }) => [
    level,
    `${what}\nWhy it matters: ${why}\nNext step: ${next}`,
  ]);
}
