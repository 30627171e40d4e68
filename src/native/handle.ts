import { CpwError, isErrorCode } from '../errors.js';
import type { NativeJob } from './addon.js';

/**
 * Starts a native call and ties it to a signal: an abort stops it and the promise rejects with
 * `signal.reason`. Errors of the addon become {@link CpwError}s with the caller's stack.
 */
export async function runJob<T>(start: () => NativeJob<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  // Made here, where the caller still stands on the stack: a failure comes much later.
  const caller: { stack?: string } = {};
  Error.captureStackTrace(caller, runJob);
  const job = guard(start, caller);
  const abort = (): void => job.abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await job.promise;
  } catch (error) {
    if (signal?.aborted === true && codeOf(error) === 'CPW_ABORTED') throw signal.reason;
    throw toCpwError(error, caller);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** {@link runJob} over an opened input: feeds it, and tells what the caller's own stream failed with. */
export async function runCall<T>(
  start: () => NativeJob<T>,
  input: FedInput,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await runJob(start, signal);
  } catch (error) {
    throw signal?.aborted === true ? error : (input.failure() ?? error);
  } finally {
    await input.pump?.stop();
  }
}

/** The part of an opened input that a call needs. */
export interface FedInput {
  readonly pump?: { stop(): Promise<void> };
  failure(): CpwError | undefined;
}

function guard<T>(start: () => NativeJob<T>, caller: { stack?: string }): NativeJob<T> {
  try {
    return start();
  } catch (error) {
    throw toCpwError(error, caller);
  }
}

/** The addon's errors as {@link CpwError}; anything else, such as what a callback threw, as it is. */
function toCpwError(error: unknown, caller: { stack?: string }): unknown {
  const code = codeOf(error);
  if (error instanceof CpwError || !(error instanceof Error) || !isErrorCode(code)) return error;
  const converted = new CpwError(code, error.message);
  if (caller.stack !== undefined) {
    converted.stack = `${converted.name}: ${converted.message}\n${caller.stack.split('\n').slice(1).join('\n')}`;
  }
  return converted;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
