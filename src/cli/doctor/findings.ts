import type { DoctorReport } from './report.js';

/** Something worth knowing, and what to do about it. */
export interface Finding {
  /** An `error` keeps everything from working, a `warning` something. */
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
}

const gibibyte = 2 ** 30;

/** What the facts mean. */
export function findingsOf(facts: Omit<DoctorReport, 'usable' | 'findings'>): readonly Finding[] {
  return [
    ...addonFindings(facts),
    ...modelFindings(facts),
    ...hostFindings(facts),
    ...(facts.ffmpeg === null
      ? [info('ffmpeg is not in the PATH; WAV, FLAC, MP3 and Ogg are read without it')]
      : []),
  ];
}

function addonFindings({ addon }: Pick<DoctorReport, 'addon'>): Finding[] {
  if ('error' in addon) return [{ level: 'error', message: addon.error.message }];
  const dead = addon.backends.filter(({ device, available }) => device === 'cpu' && !available);
  return dead.map(({ engine, detail }) => ({
    level: 'error',
    message: `${engine} cannot compute on the cpu: ${detail}`,
  }));
}

function modelFindings({ models }: Pick<DoctorReport, 'models'>): Finding[] {
  if ('error' in models) return [warning(models.error.message)];
  const { dir, installed } = models;
  const findings: Finding[] = [];
  if (!installed.some(({ role }) => role === 'recognizer')) {
    findings.push(
      warning(
        `no recognition model is installed in ${dir}; give --model a path, or see cpw-native models --help`,
      ),
    );
  }
  if (!installed.some(({ role }) => role === 'speech-detector')) {
    findings.push(warning(`silero-vad is not installed in ${dir}; without it only --no-vad works`));
  }
  return findings;
}

function hostFindings({ host }: Pick<DoctorReport, 'host'>): Finding[] {
  const { cpu, memory } = host;
  const findings: Finding[] = [];
  if (cpu.usableCores < cpu.cores) {
    findings.push(
      info(`${cpu.usableCores} of ${cpu.cores} cores may be used (mask or cgroup quota)`),
    );
  }
  const bytes = memory.limitBytes ?? memory.totalBytes;
  if (bytes < 2 * gibibyte) {
    findings.push(
      warning(`${(bytes / gibibyte).toFixed(1)} GiB of memory: models above base may not fit`),
    );
  }
  return findings;
}

function warning(message: string): Finding {
  return { level: 'warning', message };
}

function info(message: string): Finding {
  return { level: 'info', message };
}
