import type { ErrorCode } from 'cpw-native';

/** What a code answers with: the status, and OpenAI's kind of error. */
export interface RefusalRow {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'permission_error' | 'rate_limit_error' | 'server_error';
}

const wrong = 'invalid_request_error';
const failed = 'server_error';

/** Refusals that only a server has. */
const ownRows = {
  malformed_request: { status: 400, type: wrong },
  invalid_api_key: { status: 401, type: wrong },
  origin_not_allowed: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: wrong },
  model_not_found: { status: 404, type: wrong },
  request_timeout: { status: 408, type: wrong },
  conflict: { status: 409, type: wrong },
  request_too_large: { status: 413, type: wrong },
  unsupported_media: { status: 415, type: wrong },
  invalid_value: { status: 422, type: wrong },
  unknown_parameter: { status: 422, type: wrong },
  audio_too_long: { status: 422, type: wrong },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error' },
  // Nobody reads it: the client has left. It stands in the log alone.
  client_left: { status: 499, type: wrong },
  internal_error: { status: 500, type: failed },
  unavailable: { status: 503, type: failed },
} as const satisfies Record<string, RefusalRow>;

/** Those of the engines and of the pipeline. */
const engineRows = {
  CPW_INVALID_OPTIONS: { status: 422, type: wrong },
  CPW_UNSUPPORTED_LANGUAGE: { status: 422, type: wrong },
  CPW_UNSUPPORTED_MEDIA: { status: 415, type: wrong },
  // ffmpeg could not read the upload, or is not there to read it.
  CPW_MEDIA_TOOL_FAILED: { status: 415, type: wrong },
  CPW_MODEL_NOT_FOUND: { status: 404, type: wrong },
  CPW_OUT_OF_MEMORY: { status: 503, type: failed },
  CPW_DOWNLOAD_FAILED: { status: 503, type: failed },
  CPW_CLOSED: { status: 503, type: failed },
  CPW_FILE_NOT_FOUND: { status: 500, type: failed },
  CPW_MODEL_LOAD_FAILED: { status: 500, type: failed },
  CPW_MODEL_INCOMPATIBLE: { status: 500, type: failed },
  CPW_UNSUPPORTED_DEVICE: { status: 500, type: failed },
  CPW_INFERENCE_FAILED: { status: 500, type: failed },
  CPW_BINARY_NOT_FOUND: { status: 500, type: failed },
  CPW_INTERNAL: { status: 500, type: failed },
} as const satisfies Record<ErrorCode, RefusalRow>;

/** Every code that an answer can carry, with its status. */
export const refusalRows = { ...ownRows, ...engineRows };

/** The codes of {@link refusalRows}. */
export type RefusalCode = keyof typeof refusalRows;

/** What a refusal can say beyond its message. */
export interface RefusalOptions {
  /** The field of the request that is wrong. */
  readonly param?: string;
  /** Seconds after which it may be tried again. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** A request that is not served. The message is read by the client: what is wrong, and the next step. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: keyof typeof ownRows;
  readonly param: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(code: keyof typeof ownRows, message: string, options: RefusalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.param = options.param;
    this.retryAfterS = options.retryAfterS;
  }
}
