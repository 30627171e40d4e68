import { CpwError } from '../errors.js';

/** The error with the stage that it happened in. */
export function withStage(error: unknown, stage: string): CpwError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof CpwError)) {
    return new CpwError('CPW_INTERNAL', `${stage} failed: ${message}`, { stage, cause: error });
  }
  if (error.stage !== undefined) return error;
  const { code, details } = error;
  return new CpwError(code, message, { stage, cause: error, ...(details ? { details } : {}) });
}
