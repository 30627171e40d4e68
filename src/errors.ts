/** One row per error code: what it means, who can mend it, how a process should exit, and whether trying again can help. */
export interface ErrorCodeRow {
  readonly meaning: string;
  readonly mendedBy: 'user' | 'system' | 'maintainer';
  readonly exitStatus: 1 | 2 | 3 | 4;
  readonly transient: boolean;
}

/** Every code a {@link CpwError} can carry. The native side has the same list in the same order. */
export const errorCodes = {
  CPW_INVALID_OPTIONS: row('an option or argument is wrong', 'user', 2),
  CPW_FILE_NOT_FOUND: row('an input file does not exist or cannot be read', 'user', 2),
  CPW_UNSUPPORTED_MEDIA: row('the input is not audio that can be decoded', 'user', 2),
  CPW_MEDIA_TOOL_FAILED: row('an external media program failed', 'system', 4),
  CPW_MODEL_NOT_FOUND: row('the named model is not installed', 'user', 3),
  CPW_MODEL_LOAD_FAILED: row('the model could not be loaded', 'system', 1),
  CPW_MODEL_INCOMPATIBLE: row('the model file is damaged or of another kind', 'user', 3),
  CPW_DOWNLOAD_FAILED: row('a download did not complete', 'system', 1, true),
  CPW_UNSUPPORTED_DEVICE: row('the device cannot be used', 'user', 3),
  CPW_UNSUPPORTED_LANGUAGE: row('the model does not know the language', 'user', 2),
  CPW_OUT_OF_MEMORY: row('memory ran out', 'system', 3),
  CPW_INFERENCE_FAILED: row('the engine failed while it computed', 'maintainer', 1),
  CPW_CLOSED: row('the object was used after close()', 'user', 1),
  CPW_BINARY_NOT_FOUND: row('no native addon fits this machine', 'system', 3),
  CPW_INTERNAL: row('an internal contract was broken', 'maintainer', 1),
} as const satisfies Record<string, ErrorCodeRow>;

/** The string union of all error codes. */
export type ErrorCode = keyof typeof errorCodes;

/** What a {@link CpwError} can say beyond its message. */
export interface CpwErrorOptions {
  /** The pipeline stage that failed, where there is one. */
  readonly stage?: string;
  /** Facts for programs: paths, sizes, the offending keys. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of this package: `code` says what kind, the message says what failed, on what, and the next step. */
export class CpwError extends Error {
  override readonly name = 'CpwError';
  readonly code: ErrorCode;
  /** True where trying again may succeed; retries read only this. */
  readonly transient: boolean;
  readonly stage?: string;
  readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: CpwErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.transient = errorCodes[code].transient;
    if (options.stage !== undefined) this.stage = options.stage;
    if (options.details !== undefined) this.details = options.details;
  }
}

/** True for strings that are an {@link ErrorCode}. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value);
}

function row(
  meaning: string,
  mendedBy: ErrorCodeRow['mendedBy'],
  exitStatus: ErrorCodeRow['exitStatus'],
  transient = false,
): ErrorCodeRow {
  return { meaning, mendedBy, exitStatus, transient };
}
