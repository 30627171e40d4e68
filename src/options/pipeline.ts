import { z } from 'zod';

/** Where jobs are. */
export const jobsDirSchema = z
  .string()
  .min(1, 'is empty; name a folder or leave it out')
  .default('out')
  .describe('Folder of the jobs: <folder>/YYYY/MM/DD/<user>/<n>/')
  .meta({ group: 'Jobs' });

const stageName = z.string().min(1, 'is empty; name a stage or leave it out');

/** Which stages of a job run. */
export const selectionOptionsSchema = z.strictObject({
  from: stageName
    .optional()
    .describe('First stage to run; those before it must be finished. Unset: the first')
    .meta({ group: 'Jobs' }),
  to: stageName.optional().describe('Last stage to run. Unset: the last').meta({ group: 'Jobs' }),
  only: z
    .array(stageName)
    .default([])
    .describe('Stages to run, separated by commas. Unset: all')
    .meta({ group: 'Jobs' }),
  force: z
    .boolean()
    .default(false)
    .describe('Do again what is finished and valid. false: only what has changed runs')
    .meta({ group: 'Jobs' }),
});

/** What commands accept that run media through a pipeline. */
export const pipelineOptionsSchema = z.strictObject({
  jobsDir: jobsDirSchema,
  resume: z
    .boolean()
    .default(false)
    .describe(
      'Go on with the newest job of the same file and command. false: begin a job of its own',
    )
    .meta({ group: 'Jobs' }),
  ...selectionOptionsSchema.shape,
});

/** What `transcribe` accepts, which runs without a job unless it is told to. */
export const transcribeJobSchema = z.strictObject({
  asJob: z
    .boolean()
    .default(false)
    .describe(
      'Run each file as a job of the pipeline, which can be resumed and leaves a record and a ' +
        'report. false: no job, unless resume, from, to, only or force is given',
    )
    .meta({ group: 'Jobs' }),
  ...pipelineOptionsSchema.shape,
});
