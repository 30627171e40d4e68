/** One row per error code: what it means, who can mend it, how a process should exit, and whether trying again can help. */
export interface ErrorCodeRow {
  readonly meaning: string;
  readonly mendedBy: 'user' | 'system' | 'maintainer';
  readonly exitStatus: 1 | 2 | 3 | 4;
  readonly transient: boolean;
}

/** Every code a {@link CpwError} can carry. The native side has the same list in the same order. */
export const errorCodes = {
  CPW_INVALID_OPTIONS: {
    meaning: 'an option or argument is wrong',
    mendedBy: 'user',
    exitStatus: 2,
    transient: false,
  },
  CPW_FILE_NOT_FOUND: {
    meaning: 'an input file does not exist or cannot be read',
    mendedBy: 'user',
    exitStatus: 2,
    transient: false,
  },
  CPW_UNSUPPORTED_MEDIA: {
    meaning: 'the input is not audio that can be decoded',
    mendedBy: 'user',
    exitStatus: 2,
    transient: false,
  },
  CPW_MEDIA_TOOL_FAILED: {
    meaning: 'an external media program failed',
    mendedBy: 'system',
    exitStatus: 4,
    transient: false,
  },
  CPW_MODEL_NOT_FOUND: {
    meaning: 'the named model is not installed',
    mendedBy: 'user',
    exitStatus: 3,
    transient: false,
  },
  CPW_MODEL_LOAD_FAILED: {
    meaning: 'the model could not be loaded',
    mendedBy: 'system',
    exitStatus: 1,
    transient: false,
  },
  CPW_MODEL_INCOMPATIBLE: {
    meaning: 'the model file is damaged or of another kind',
    mendedBy: 'user',
    exitStatus: 3,
    transient: false,
  },
  CPW_DOWNLOAD_FAILED: {
    meaning: 'a download did not complete, or a service did not answer',
    mendedBy: 'system',
    exitStatus: 1,
    transient: true,
  },
  CPW_UNSUPPORTED_DEVICE: {
    meaning: 'the device cannot be used',
    mendedBy: 'user',
    exitStatus: 3,
    transient: false,
  },
  CPW_UNSUPPORTED_LANGUAGE: {
    meaning: 'the model does not know the language',
    mendedBy: 'user',
    exitStatus: 2,
    transient: false,
  },
  CPW_OUT_OF_MEMORY: {
    meaning: 'memory or disk space ran out',
    mendedBy: 'system',
    exitStatus: 3,
    transient: false,
  },
  CPW_INFERENCE_FAILED: {
    meaning: 'the engine failed while it computed',
    mendedBy: 'maintainer',
    exitStatus: 1,
    transient: false,
  },
  CPW_CLOSED: {
    meaning: 'the object was used after close()',
    mendedBy: 'user',
    exitStatus: 1,
    transient: false,
  },
  CPW_BINARY_NOT_FOUND: {
    meaning: 'no native addon fits this machine, or a package that the work needs is not installed',
    mendedBy: 'system',
    exitStatus: 3,
    transient: false,
  },
  CPW_INTERNAL: {
    meaning: 'an internal contract was broken',
    mendedBy: 'maintainer',
    exitStatus: 1,
    transient: false,
  },
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

/** True for a failure whose reason may pass: what retries and breakers go by. */
export function isTransient(error: unknown): error is CpwError {
  return error instanceof CpwError && error.transient;
}
