import { z } from 'zod';
import { clearCheckpoints } from '../../pipeline/checkpoint.js';
import { holdJob, listJobs, openJob, removeJob } from '../../pipeline/job.js';
import { jobsDirSchema } from '../../options/pipeline.js';
import { optionsError } from '../../options/parse.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';

const schemas = {
  jobs: z.strictObject({ jobsDir: jobsDirSchema }),
  clean: z.strictObject({
    checkpoints: z
      .boolean()
      .default(false)
      .describe(
        'Remove the checkpoints alone, of all jobs where none is named; results stay. false: the ' +
          'named jobs go with all their files',
      )
      .meta({ group: 'Jobs' }),
  }),
};

/** `cpw-native jobs clean [job..]` */
export const jobsCleanCommand: Command<typeof schemas> = {
  name: 'jobs clean',
  words: '[job..]',
  summary: 'Removes jobs with all their files, without asking, or their checkpoints alone.',
  examples: [
    ['jobs clean 2026/01/31/anna/1', 'one job'],
    ['jobs clean --checkpoints', 'the checkpoints of all jobs'],
  ],
  schemas,
  count: [0, Infinity],
  run: async (names, { jobs: { jobsDir }, clean }, { general, reporter, signal }) => {
    if (names.length === 0 && !clean.checkpoints) {
      const message = '[job..] is missing; name the jobs to remove, or give --checkpoints';
      throw optionsError([{ option: '', message }], 'jobs clean');
    }
    const jobs =
      names.length === 0
        ? await listJobs(jobsDir)
        : await Promise.all(names.map((name) => openJob(jobsDir, name)));
    for (const job of jobs) {
      const { id } = job.request;
      if (clean.checkpoints) {
        const count = await holdJob(job, { signal }, () => clearCheckpoints(job.folder));
        report({ id, checkpoints: count }, `${id}: removed ${count} checkpoints`);
      } else {
        await removeJob(job, { signal });
        report({ id, removed: true }, `removed ${id}`);
      }
    }
    function report(facts: object, line: string): void {
      if (general.json) reporter.result(`${JSON.stringify(facts)}\n`);
      else reporter.note(line);
    }
    return exitStatus.ok;
  },
};
