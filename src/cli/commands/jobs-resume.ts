import { z } from 'zod';
import { jobsDirSchema, selectionOptionsSchema } from '../../options/pipeline.js';
import { jobRunSchemas } from '../../options/job-runs.js';
import { dryRunOptionsSchema } from '../../options/general.js';
import { outputOptionsSchema } from '../../options/output.js';
import type { Command } from '../command.js';
import { createEvents } from '../event-stream.js';
import { endWithout } from '../end-without.js';
import { exitStatus } from '../exit-codes.js';
import { hubOf } from '../library.js';
import { askedLog } from '../log.js';
import { leaveMetrics } from '../media-jobs.js';
import { runWatch } from '../server-package.js';
import { noticesOf } from '../notices.js';

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
    const { jobs, selection, output, dry, faults, metrics, tracing, log } = values;
    const { general, reporter } = context;
    const [{ Pipeline }, { runOne, selectionOf, showPlan }] = await Promise.all([
      import('../../pipeline/pipeline.js'),
      import('../run-jobs.js'),
    ]);
    const watch = await runWatch({ ...metrics, ...tracing });
    const { logger, closeLog } = await askedLog(context, log);
    const pipeline = new Pipeline({
      jobsDir: jobs.jobsDir,
      load: { hub: hubOf() },
      logger,
      faults,
    });
    const events = createEvents(general.json ? (line) => reporter.result(line) : undefined);
    const { dryRun } = dry;
    const notices = dryRun ? undefined : await noticesOf(values, context);
    try {
      const job = await pipeline.open(name);
      const { input, workflow } = job.request;
      const results = workflow === 'subtitle' ? ['subtitles', 'muxed'] : ['transcripts'];
      const to = { watch, notices };
      const work = { ...context, ...output, ...to, events, dryRun, several: false, results };
      const run = selectionOf(selection);
      if (dryRun) await showPlan(input, work, { pipeline, job, context: run });
      else await runOne(input, work, { pipeline, found: job, context: run });
    } finally {
      reporter.done();
      await notices?.close();
      await pipeline.close();
      await leaveMetrics(watch, { ...context, events });
      await closeLog();
      endWithout(pipeline);
    }
    return exitStatus.ok;
  },
};
