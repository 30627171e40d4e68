import { CpwError, errorCodes } from '../errors.js';

/** Exit statuses that no error code has. */
export const exitStatus = {
  ok: 0,
  failed: 1,
  usage: 2,
  missing: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** How a process should exit after this error. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof Interruption) return error.status;
  return error instanceof CpwError ? errorCodes[error.code].exitStatus : exitStatus.failed;
}

/** The statuses of failures, the worst first: what we did wrong, then what is missing, then the input. */
const worstFirst: readonly number[] = [exitStatus.failed, 4, exitStatus.missing, exitStatus.usage];

/** The worst of several statuses; 0 of none. */
export function worstStatus(statuses: readonly number[]): number {
  return worstFirst.find((one) => statuses.includes(one)) ?? Math.max(exitStatus.ok, ...statuses);
}

/** Why a run was aborted from outside; the signal's `reason`. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
