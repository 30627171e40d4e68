import { z } from 'zod';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import type { Command } from '../command.js';
import { formatReport } from '../doctor/format.js';
import { examine, unusableStatus } from '../doctor/report.js';
import { exitStatus } from '../exit-codes.js';
import { modelsDirOf } from '../library.js';
import { packageVersion } from '../package-version.js';

const schemas = {
  store: z.strictObject({ modelsDir: recognizerOptionsSchema.shape.modelsDir }),
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
  ],
  notes: 'Exit status: 0 when this machine can transcribe, 3 when it cannot.',
  schemas,
  count: [0, 0],
  run: async (_words, { store }, { general, reporter }) => {
    const report = await examine(packageVersion(), modelsDirOf(store));
    reporter.result(general.json ? `${JSON.stringify(report)}\n` : formatReport(report));
    return report.usable ? exitStatus.ok : unusableStatus;
  },
};
