import { z } from 'zod';
import { describeJob, jobStatus } from '../../pipeline/job-status.js';
import { listJobs, openJob } from '../../pipeline/job.js';
import { jobsDirSchema } from '../../options/pipeline.js';
import { columns } from '../columns.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import { shownInput } from '../input.js';
import { clock } from '../pace.js';

const schemas = { jobs: z.strictObject({ jobsDir: jobsDirSchema }) };

/** `cpw-native jobs list` */
export const jobsListCommand: Command<typeof schemas> = {
  name: 'jobs list',
  words: '',
  summary: 'Lists the jobs of a folder, the oldest first, with what became of them.',
  examples: [['jobs list', 'id, workflow, state and media file of each']],
  schemas,
  count: [0, 0],
  run: async (_words, { jobs: { jobsDir } }, { general, reporter }) => {
    const jobs = await listJobs(jobsDir);
    const rows = await Promise.all(jobs.map(jobStatus));
    if (general.json) reporter.result(`${JSON.stringify({ jobsDir, jobs: rows })}\n`);
    else if (rows.length === 0) reporter.note(`there is no job in ${shownInput(jobsDir)}`);
    else {
      const cells = rows.map(({ id, workflow, state, input }) => [
        id,
        workflow,
        state,
        shownInput(input),
      ]);
      reporter.result(columns(cells));
    }
    return exitStatus.ok;
  },
};

/** `cpw-native jobs show <job>` */
export const jobsShowCommand: Command<typeof schemas> = {
  name: 'jobs show',
  words: '<job>',
  summary: 'Shows a job, by its id or folder: its stages, what they took, and what went wrong.',
  examples: [['jobs show 2026/01/31/anna/1', 'one of jobs list']],
  schemas,
  count: [1, 1],
  run: async ([name = ''], { jobs: { jobsDir } }, { general, reporter }) => {
    const shown = await describeJob(await openJob(jobsDir, name));
    if (general.json) {
      reporter.result(`${JSON.stringify(shown)}\n`);
      return exitStatus.ok;
    }
    const { id, workflow, state, input, folder, stages } = shown;
    reporter.result(
      `${id}: ${workflow} of ${shownInput(input)}, ${state}\n${shownInput(folder)}\n\n`,
    );
    reporter.result(
      columns(
        stages.map(({ stage, status, resources, reason = '' }) => [
          stage,
          status,
          resources === undefined ? '' : clock(resources.wallS - resources.waitedS),
          resources === undefined ? '' : `${Math.round(resources.peakRssMb)} MB`,
          reason,
        ]),
      ),
    );
    for (const { stage, warnings, errors } of stages) {
      for (const warning of warnings) reporter.result(`${stage}: ${warning}\n`);
      for (const { code, message } of errors) reporter.result(`${stage}: ${code}: ${message}\n`);
    }
    return exitStatus.ok;
  },
};
