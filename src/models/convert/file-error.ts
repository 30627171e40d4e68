import { CpwError, type ErrorCode } from '../../errors.js';
import { systemErrorCode } from '../../files/system-error.js';

interface FileErrorRow {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly nextStep: string;
}

const rows: Readonly<Record<string, FileErrorRow>> = {
  ENOENT: {
    code: 'CPW_FILE_NOT_FOUND',
    reason: 'it does not exist',
    nextStep: 'check the path',
  },
  ENOTDIR: {
    code: 'CPW_FILE_NOT_FOUND',
    reason: 'a part of the path is not a folder',
    nextStep: 'check the path',
  },
  EISDIR: {
    code: 'CPW_INVALID_OPTIONS',
    reason: 'it is a folder',
    nextStep: 'name a file inside it',
  },
  EACCES: {
    code: 'CPW_INVALID_OPTIONS',
    reason: 'access is not permitted',
    nextStep: 'change its permissions or choose another place',
  },
  EROFS: {
    code: 'CPW_INVALID_OPTIONS',
    reason: 'the file system is read-only',
    nextStep: 'choose another place',
  },
  ENAMETOOLONG: {
    code: 'CPW_INVALID_OPTIONS',
    reason: 'the name is too long for the file system',
    nextStep: 'choose a shorter name',
  },
  ENOSPC: {
    code: 'CPW_OUT_OF_MEMORY',
    reason: 'the disk is full',
    nextStep: 'free some space or choose another disk; nothing half-written was left',
  },
  EDQUOT: {
    code: 'CPW_OUT_OF_MEMORY',
    reason: 'the disk quota is used up',
    nextStep: 'free some space or choose another disk; nothing half-written was left',
  },
};

/**
 * Turns a failed file operation into a {@link CpwError} that says in words what failed, on which
 * path and what to do. Errors that do not come from the system (aborts, ours) pass unchanged.
 */
export function fileError(action: string, path: string, error: unknown): unknown {
  if (error instanceof CpwError) return error;
  const systemCode = systemErrorCode(error);
  if (systemCode === undefined || !(error instanceof Error && 'syscall' in error)) return error;
  const row = rows[systemCode];
  const reason = row?.reason ?? error.message;
  const nextStep = row?.nextStep ?? 'check the disk and try again';
  return new CpwError(
    row?.code ?? 'CPW_FILE_NOT_FOUND',
    `Cannot ${action} '${path}': ${reason}. Next step: ${nextStep}.`,
    { cause: error, details: { path, systemCode } },
  );
}
