import { z } from 'zod';
import { modelsRoot } from '../../models/layout.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import type { Command } from '../command.js';
import { formatReport } from '../doctor/format.js';
import { examine, unusableStatus } from '../doctor/report.js';
import { exitStatus } from '../exit-codes.js';
import { cacheDirOf, modelsDirOf } from '../library.js';
import { packageVersion } from '../package-version.js';

const { modelsDir, cacheDir } = recognizerOptionsSchema.shape;
const schemas = {
  doctor: z.strictObject({
    modelsDir,
    cacheDir,
    refresh: z
      .boolean()
      .default(false)
      .describe(
        'Try every backend again and remake hardware_cache.json. false: what was found ' +
          'before counts while host, driver and addon are the same',
      ),
  }),
};

/** `cpw-native doctor` */
export const doctorCommand: Command<typeof schemas> = {
  name: 'doctor',
  words: '',
  summary:
    'Says what this machine, the native addon and the installed models can do, and what to mend.',
  examples: [
    ['doctor', 'a report for people'],
    ['doctor --json', 'the same for programs'],
    ['doctor --refresh', 'after a new driver: try the backends again'],
  ],
  notes:
    'The addon and its backends are tried in a child process: a driver that crashes or hangs is\n' +
    'a finding. Exit status: 0 when this machine can transcribe and what is installed is whole,\n' +
    'else 3.',
  schemas,
  count: [0, 0],
  run: async (_words, { doctor }, { general, reporter, signal }) => {
    const report = await examine({
      version: packageVersion(),
      modelsDir: modelsDirOf(doctor) ?? modelsRoot(),
      cacheDir: cacheDirOf(doctor),
      refresh: doctor.refresh,
      signal,
    });
    const width = Math.min(Math.max(process.stdout.columns ?? 80, 60), 100);
    const text = general.json ? JSON.stringify(report) : formatReport(report, width).trimEnd();
    reporter.result(`${text}\n`);
    return report.usable ? exitStatus.ok : unusableStatus;
  },
};
