import { CpwError } from 'cpw-native';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Refusal, refusalRows, type RefusalCode } from './refusal.js';

/** An error as OpenAI's interface has it. */
export const errorAnswerSchema = z
  .object({
    error: z.object({
      message: z.string().describe('What is wrong, and the next step'),
      type: z.string(),
      param: z.string().nullable().describe('The field that is wrong, where it is one'),
      code: z.string().nullable().describe('For programs'),
    }),
  })
  .meta({ id: 'Error' });

/** The body of an answer that refuses or fails. */
export type ErrorAnswer = z.output<typeof errorAnswerSchema>;

/** The responses of a route that are errors, for its schema. */
export function errorResponses(
  ...statuses: readonly number[]
): Record<number, typeof errorAnswerSchema> {
  return Object.fromEntries(statuses.map((status) => [status, errorAnswerSchema]));
}

/** What is told of an error. */
export interface ErrorReport {
  readonly status: number;
  readonly body: ErrorAnswer;
  readonly retryAfterS?: number;
}

const retryWhenUnset = 10;

/** What a client is told of an error: no stack, no path of this machine, no fault of ours in detail. */
export function reportError(error: unknown, { requestId }: { requestId: string }): ErrorReport {
  if (error instanceof Refusal) return report(error.code, error.message, error);
  if (error instanceof CpwError) return reportCpwError(error, requestId);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const param = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    const said = error.validation.map(
      ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.')}: ${message}`,
    );
    return report('invalid_value', said.join('; '), param === '' ? {} : { param });
  }
  const status = statusOf(error);
  const code = status === undefined ? undefined : byStatus[status];
  if (code === undefined || !(error instanceof Error)) {
    return report('internal_error', ours('internal_error', requestId));
  }
  return report(code, error.message);
}

function reportCpwError(error: CpwError, requestId: string): ErrorReport {
  const { code, details } = error;
  if (refusalRows[code].status >= 500) return report(code, ours(code, requestId));
  return report(code, withoutPaths(error.message), paramOf(code, details));
}

function report(
  code: RefusalCode,
  message: string,
  { param, retryAfterS }: { param?: string | undefined; retryAfterS?: number | undefined } = {},
): ErrorReport {
  const { status, type } = refusalRows[code];
  const again = status === 429 || status === 503 ? (retryAfterS ?? retryWhenUnset) : undefined;
  return {
    status,
    body: { error: { message, type, param: param ?? null, code } },
    ...(again === undefined ? {} : { retryAfterS: again }),
  };
}

function ours(code: RefusalCode, requestId: string): string {
  const later = refusalRows[code].status === 503;
  const what = later ? 'The server cannot do this now' : 'The server failed';
  return (
    `${what} (${code}). Next step: ${later ? 'try again later' : 'tell its operator'}; ` +
    `the cause stands in its log under ${requestId}.`
  );
}

/** Statuses that the framework gives errors of its own. */
const byStatus: Partial<Record<number, RefusalCode>> = {
  400: 'malformed_request',
  404: 'not_found',
  406: 'unsupported_media',
  408: 'request_timeout',
  413: 'request_too_large',
  414: 'malformed_request',
  415: 'unsupported_media',
  431: 'malformed_request',
};

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function paramOf(
  code: RefusalCode,
  details: CpwError['details'],
): { readonly param?: string | undefined } {
  if (code === 'CPW_UNSUPPORTED_LANGUAGE') return { param: 'language' };
  const problems = details?.['problems'];
  const first: unknown = Array.isArray(problems) ? problems[0] : undefined;
  if (typeof first !== 'object' || first === null || !('option' in first)) return {};
  return typeof first.option === 'string' ? { param: first.option } : {};
}

/** Paths of this machine say nothing to a client, and to the wrong one too much. */
export function withoutPaths(message: string): string {
  return message.replaceAll(
    /(?<![\w.])(?:file:)?(?:\/[\w.@+~-]+){2,}\/?/gu,
    '(a file of the server)',
  );
}
