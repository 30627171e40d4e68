import { size } from '../columns.js';
import { machineFindings } from './machine-findings.js';
import { leastFfmpeg } from './programs.js';
import type { DoctorReport, Facts, Finding } from './report-schema.js';
import { splitNext } from './split-next.js';

/** What the facts mean, the worst first. */
export function findingsOf(facts: Facts): Finding[] {
  const levels: readonly Finding['level'][] = ['error', 'warning', 'note'];
  return [
    ...machineFindings(facts),
    ...modelFindings(facts.models, facts.host.memory.availableBytes),
    ...programFindings(facts.programs),
    ...cacheFindings(facts.hardwareCache),
  ].sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
}

const gibibyte = 2 ** 30;

function modelFindings(models: DoctorReport['models'], memory: number): Finding[] {
  const { dir, problem, installed } = models;
  if (problem !== null) {
    return [
      {
        id: 'models-unreadable',
        level: 'warning',
        what: `The folder of the models cannot be read: ${problem.message}`,
        why: 'Models are found by name there; only a path works now.',
        next: `See to ${dir}, or name another folder: --models-dir, CPW_MODELS_DIR.`,
      },
    ];
  }
  return [
    ...absentModels(models),
    ...installed.flatMap((model) => brokenForms(model)),
    ...installed.flatMap((model) => largeForms(model, memory)),
    ...storeFindings(models),
  ];
}

function absentModels({ dir, installed }: DoctorReport['models']): Finding[] {
  const roles = new Set(installed.map(({ role }) => role));
  const findings: Finding[] = [];
  if (!roles.has('recognizer')) {
    findings.push({
      id: 'model-missing',
      level: 'warning',
      what: `No recognition model is installed in ${dir}.`,
      why: 'transcribe needs one.',
      next: 'See cpw-native models --help, or give --model the path of one.',
    });
  }
  if (!roles.has('speech-detector')) {
    findings.push({
      id: 'speech-detector-missing',
      level: 'warning',
      what: `silero-vad is not installed in ${dir}.`,
      why: 'It finds where someone speaks; without it only --no-vad works.',
      next: 'See cpw-native models --help, or transcribe with --no-vad.',
    });
  }
  return findings;
}

type Installed = DoctorReport['models']['installed'][number];

function brokenForms({ name, formats }: Installed): Finding[] {
  return formats.flatMap(({ format, path, problem }): Finding[] => {
    if (problem === null) return [];
    const [what] = splitNext(problem.message);
    return [
      {
        id: 'model-unreadable',
        level: 'error',
        what: `Model ${name} (${format}): ${what}`,
        why: 'It cannot be loaded.',
        next: `Remove ${path} and install the model again; see cpw-native models --help.`,
      },
    ];
  });
}

/** The weights alone, without what the engine computes in: more than that cannot fit. */
function largeForms({ name, formats }: Installed, memory: number): Finding[] {
  return formats
    .filter(({ bytes }) => bytes > memory)
    .map(({ format, bytes }) => ({
      id: 'model-too-large',
      level: 'warning',
      what: `Model ${name} (${format}) has ${size(bytes)} of weights; ${size(memory)} of memory can be taken.`,
      why: 'Loading it would fail, or the system would end the process.',
      next: 'Choose a smaller model or form, or give this process more memory.',
    }));
}

function storeFindings({ dir, exists, writable, freeBytes }: DoctorReport['models']): Finding[] {
  const findings: Finding[] = [];
  if (!writable) {
    findings.push({
      id: 'store-not-writable',
      level: 'warning',
      what: `The folder of the models ${exists ? 'cannot be written to' : 'cannot be made'}: ${dir}`,
      why: 'Models can be used and not installed.',
      next: 'Give yourself the right to write there, or name another: --models-dir.',
    });
  }
  if (freeBytes !== null && freeBytes < gibibyte) {
    findings.push({
      id: 'disk-low',
      level: 'warning',
      what: `${size(freeBytes)} are free where the models lie (${dir}).`,
      why: 'Models have from 75 MiB (tiny) to 3 GiB (large-v3).',
      next: 'Make room, or name a folder on another disk: --models-dir.',
    });
  }
  return findings;
}

function programFindings({ ffmpeg, ffprobe }: DoctorReport['programs']): Finding[] {
  // They come in one package: where both are missing, one of them says it.
  const programs = ffmpeg.path === null ? { ffmpeg } : { ffmpeg, ffprobe };
  return Object.entries(programs).flatMap(([name, { path, version, supported, problem }]) => {
    const found = { level: 'warning', why: whyProgram } as const;
    const next = 'Install ffmpeg: apt-get install ffmpeg, or brew install ffmpeg.';
    if (path === null) {
      return [{ ...found, id: `${name}-missing`, what: `${name} is not in the PATH.`, next }];
    }
    if (problem !== null) {
      return [{ ...found, id: `${name}-broken`, what: `${path} does not run: ${problem}`, next }];
    }
    if (supported !== false) return [];
    const what = `${path} is version ${version ?? ''}; ${leastFfmpeg} or newer is needed.`;
    return [{ ...found, id: `${name}-old`, what, next: `Install ${leastFfmpeg} or newer.` }];
  });
}

const whyProgram = 'Video and audio other than WAV, FLAC, MP3 and Ogg Vorbis are read through it.';

function cacheFindings({ path, problem }: DoctorReport['hardwareCache']): Finding[] {
  if (problem === null) return [];
  return [
    {
      id: 'hardware-cache-unusable',
      level: 'note',
      what: `The hardware cache could not be used: ${problem}`,
      why: 'Where it cannot be kept, a build with GPU code tries the GPUs at each start.',
      next: `A damaged file is made anew by itself; else see to ${path}.`,
    },
  ];
}
