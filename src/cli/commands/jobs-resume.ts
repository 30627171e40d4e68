import { z } from 'zod';
import { jobsDirSchema, selectionOptionsSchema } from '../../options/pipeline.js';
import { jobRunSchemas } from '../../options/job-runs.js';
import { dryRunOptionsSchema } from '../../options/general.js';
import { outputOptionsSchema } from '../../options/output.js';
import type { Command } from '../command.js';
import { createEvents } from '../event-stream.js';
import { exitStatus } from '../exit-codes.js';
import { hubOf } from '../library.js';
import { withPipeline } from '../with-pipeline.js';

const { outputDir, overwrite } = outputOptionsSchema.shape;
const schemas = {
  jobs: z.strictObject({ jobsDir: jobsDirSchema }),
  selection: selectionOptionsSchema,
  output: z.strictObject({ outputDir, overwrite }),
  dry: dryRunOptionsSchema,
  ...jobRunSchemas,
};

/** `cpw-native jobs resume <job>` */
export const jobsResumeCommand: Command<typeof schemas> = {
  name: 'jobs resume',
  words: '<job>',
  summary:
    'Goes on with a job that failed or was interrupted, with its own options. What is finished and ' +
    'valid is kept.',
  examples: [
    ['jobs resume 2026/01/31/anna/1', 'from where it stopped'],
    ['jobs resume 2026/01/31/anna/1 --dry-run', 'what would be done with each stage'],
    ['jobs resume 2026/01/31/anna/1 --only export --force', 'one stage again'],
  ],
  schemas,
  count: [1, 1],
  tellsWarnings: true,
  run: async ([name = ''], values, context) => {
    const { jobs, selection, output, dry } = values;
    const { general, reporter } = context;
    const { runOne, selectionOf, showPlan } = await import('../run-jobs.js');
    const events = createEvents(general.json ? (line) => reporter.result(line) : undefined);
    const running = { ...context, events };
    const { dryRun } = dry;
    const wish = { jobsDir: jobs.jobsDir, load: { hub: hubOf() }, settings: values, dryRun };
    await withPipeline(wish, running, async ({ pipeline, ...heard }) => {
      const job = await pipeline.open(name);
      const { input, workflow } = job.request;
      const results = workflow === 'subtitle' ? ['subtitles', 'muxed'] : ['transcripts'];
      const work = { ...running, ...output, ...heard, dryRun, several: false, results };
      const run = selectionOf(selection);
      if (dryRun) await showPlan(input, work, { pipeline, job, context: run });
      else await runOne(input, work, { pipeline, found: job, context: run });
    });
    return exitStatus.ok;
  },
};
