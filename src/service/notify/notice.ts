/** What is told of a job that failed. */
export interface Notice {
  readonly job: string;
  readonly stage: string;
  readonly code: string;
  readonly error: string;
  /** ISO 8601, in UTC. */
  readonly time: string;
  readonly logFile: string;
  readonly nextStep: string;
}

/** A job that failed, as whoever ran it knows it. */
export interface JobFailure {
  readonly job: string;
  readonly error: unknown;
  /** What can be done about it. Default: the command that goes on with the job. */
  readonly nextStep?: string;
}

/** The notice of a failure. */
export function noticeOf(
  { job, error, nextStep = `cpw-native jobs resume ${job} goes on with it` }: JobFailure,
  logFile: string | undefined,
): Notice {
  const { stage, code } = error as { stage?: unknown; code?: unknown };
  return {
    job,
    stage: typeof stage === 'string' ? stage : 'unknown',
    code: typeof code === 'string' ? code : 'CPW_INTERNAL',
    error: error instanceof Error ? error.message : String(error),
    time: new Date().toISOString(),
    logFile: logFile ?? 'none, the log goes to standard error',
    nextStep,
  };
}

/** The subject of the mail. */
export function subjectOf({ job, stage }: Notice): string {
  return `Job ${job} failed at stage ${stage}`;
}

/** The text of the mail. */
export function bodyOf({ job, stage, code, error, time, logFile, nextStep }: Notice): string {
  return [
    `Job: ${job}`,
    `Stage: ${stage}`,
    `Error: ${error} (${code})`,
    `Time: ${time}`,
    `Log file: ${logFile}`,
    '',
    `Next step: ${nextStep}`,
    '',
  ].join('\n');
}
