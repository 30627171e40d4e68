import { size } from '../columns.js';
import type { DoctorReport, Facts, Finding } from './report-schema.js';
import { splitNext } from './split-next.js';

/** What the machine, the addon and the GPUs mean. */
export function machineFindings(facts: Facts): Finding[] {
  return [
    ...systemFindings(facts.host),
    ...addonFindings(facts.addon),
    ...gpuFindings(facts),
    ...limitFindings(facts.host),
  ];
}

function systemFindings({ platform, glibc, cpu, ...node }: DoctorReport['host']): Finding[] {
  const findings: Finding[] = [];
  if (!node.nodeSupported) {
    findings.push({
      id: 'node-too-old',
      level: 'error',
      what: `Node.js ${node.node} is too old; ${node.nodeRequired} is needed.`,
      why: 'The command line and the addon use what older versions lack.',
      next: 'Install a newer Node.js.',
    });
  }
  if (platform === 'linux' && glibc === null) {
    findings.push({
      id: 'no-glibc',
      level: 'error',
      what: "This system's C library is not glibc (musl, as in Alpine, is another one).",
      why: 'The addon is built for glibc and does not load elsewhere.',
      next: 'Run on a glibc distribution such as Debian, Ubuntu or Fedora.',
    });
  }
  if (cpu.missingFeatures.length > 0) {
    findings.push({
      id: 'cpu-features-missing',
      level: 'error',
      what: `This CPU lacks ${cpu.missingFeatures.join(', ')}.`,
      why: 'The engines are compiled with them and would die at the first call.',
      next: 'Run on a CPU with AVX2 (Intel since 2013, AMD since 2015); virtual machines may hide it.',
    });
  }
  return findings;
}

function addonFindings(addon: DoctorReport['addon']): Finding[] {
  if (addon.failure !== null) return [failedTrial(addon)];
  const findings = addon.backends
    .filter(({ device, available }) => device === 'cpu' && !available)
    .map(({ engine, detail }): Finding => ({
      id: 'cpu-backend-unavailable',
      level: 'error',
      what: `${engine} cannot compute on the cpu: ${detail}`,
      why: 'Nothing can be transcribed with it.',
      next: 'Reinstall cpw-native, or in a checkout run: npm run build',
    }));
  const heard = printedText(addon.printed);
  if (addon.trouble !== null)
    findings.push(trouble(`The addon answered; ${addon.trouble}.${heard}`));
  else if (addon.printed !== null) findings.push(trouble(`A library prints by itself.${heard}`));
  return findings;
}

function trouble(what: string): Finding {
  return {
    id: 'addon-trouble',
    level: 'warning',
    what,
    why: 'Programs that read the output of a run, or its status, may be misled.',
    next: 'Look for the driver or library that these words come from, and update it.',
  };
}

function failedTrial({ path, failure, printed }: DoctorReport['addon']): Finding {
  const refused = failure?.kind === 'refused';
  const [said, step] = splitNext(failure?.message ?? '');
  const message = refused ? said : `${path ?? 'The addon'}: ${said}.${printedText(printed)}`;
  return {
    id: `addon-${failure?.kind ?? 'refused'}`,
    level: 'error',
    what: message,
    why: refused
      ? 'Without the addon nothing is computed.'
      : 'It was tried in a child process, which took the harm; a run would have taken it itself.',
    next:
      step ?? 'Reinstall cpw-native; with a GPU build update the driver. Then: doctor --refresh',
  };
}

function printedText(printed: string | null): string {
  return printed === null ? '' : ` It printed: ${printed}`;
}

function gpuFindings({ gpu, addon }: Facts): Finding[] {
  const nvidia = gpu.devices.filter(({ vendor }) => vendor === 'NVIDIA');
  const names = nvidia.map(({ name }) => name).join(', ');
  const why = 'The cpu does all the work, which takes longer.';
  const findings: Finding[] = [];
  if (gpu.problem !== null && (nvidia.length > 0 || gpu.driver !== null)) {
    const what = `nvidia-smi failed: ${gpu.problem}`;
    const next = 'Update or restart the NVIDIA driver, then: cpw-native doctor --refresh';
    findings.push({ id: 'gpu-driver-broken', level: 'warning', what, why, next });
  }
  if (nvidia.length === 0 || addon.failure !== null) return findings;
  if (gpu.driver === null) {
    const what = `${names}: no NVIDIA driver runs.`;
    const next = 'Install the driver, and a build with CUDA, to use it.';
    return [...findings, { id: 'gpu-without-driver', level: 'note', what, why, next }];
  }
  if (addon.build['cuda'] !== true) {
    const what = `${names} is not used: this build has no CUDA code.`;
    const next = 'In a checkout with the CUDA toolkit: CPW_BUILD_CUDA=ON npm run build';
    return [...findings, { id: 'gpu-unused', level: 'note', what, why, next }];
  }
  const dead = addon.backends.filter(({ device, available }) => device === 'cuda' && !available);
  const broken = dead.map(({ engine, detail }): Finding => ({
    id: 'gpu-unavailable',
    level: 'warning',
    what: `${engine} cannot use ${names}: ${detail}`,
    why,
    next: 'Update the driver to what the CUDA build needs, then: cpw-native doctor --refresh',
  }));
  return [...findings, ...broken];
}

const lowMemory = 2 ** 30;

function limitFindings({ cpu, memory }: DoctorReport['host']): Finding[] {
  const findings: Finding[] = [];
  if (cpu.usableCores < cpu.cores) {
    const quota = cpu.quotaCores === null ? '' : `, CPU time for ${cpu.quotaCores.toFixed(2)}`;
    findings.push({
      id: 'cores-limited',
      level: 'note',
      what: `${cpu.usableCores} of ${cpu.cores} cores may be used (mask ${cpu.maskCores}${quota}).`,
      why: 'More threads than that are far slower, so no more are started.',
      next: 'Nothing, or give the container or the control group more CPU.',
    });
  }
  if (memory.limitBytes !== null) {
    findings.push({
      id: 'memory-limited',
      level: 'note',
      what: `A control group limits memory to ${size(memory.limitBytes)} of ${size(memory.totalBytes)}.`,
      why: 'The system ends a process that goes beyond it, without a word.',
      next: 'Nothing, or raise the limit for models that need more.',
    });
  }
  if (memory.availableBytes < lowMemory) {
    findings.push({
      id: 'memory-low',
      level: 'warning',
      what: `${size(memory.availableBytes)} of memory can be taken now.`,
      why: 'Models above base may not fit.',
      next: 'End other programs, raise the limit, or choose a smaller model.',
    });
  }
  return findings;
}
