import { CpwError } from 'cpw-native';
import type { ParsedReportingOptions } from 'cpw-native/options';
import type * as Sentry from '@sentry/node';
import type { Span } from '@sentry/node';
import type { JobFailure } from '../notify/notice.js';
import { scrubbedEvent } from './scrub.js';

/** Where errors are reported to, and with what. */
export interface ReportingRequest {
  readonly dsn: string;
  readonly options: ParsedReportingOptions;
  /** This package's version. */
  readonly release?: string | undefined;
}

/** Reports errors, and nothing of what was said, read or asked. */
export interface ErrorReports {
  /** An error that belongs to no job, such as one of a request. */
  report(error: unknown): void;
  jobFailed(failure: JobFailure): Promise<void>;
  jobBegan(job: { readonly id: string; readonly workflow: string }): void;
  jobEnded(id: string, state: string): void;
  /** Sends what is left, for a moment at most. */
  close(): Promise<void>;
}

const flushMs = 2000;

/**
 * Reports unhandled errors too, from now on. The client is loaded here, and without its automatic
 * parts: they would read requests, lines of source and local variables.
 */
export async function openErrorReports(request: ReportingRequest): Promise<ErrorReports> {
  checkDsn(request.dsn);
  const sentry = await import('@sentry/node');
  begin(sentry, request);
  const spans = new Map<string, Span>();
  const report = (error: unknown, job?: string): void => {
    const tags = { ...tagsOf(error), ...(job === undefined ? {} : { job }) };
    const thrown = error instanceof Error ? error : new Error('no error was thrown');
    sentry.captureException(thrown, { tags });
  };
  return {
    report: (error) => report(error),
    jobFailed: async ({ job, error }) => report(error, job),
    jobBegan: ({ id, workflow }) => {
      const about = { name: workflow, op: 'job', forceTransaction: true };
      spans.set(id, sentry.startInactiveSpan(about));
    },
    jobEnded: (id, state) => {
      const span = spans.get(id);
      spans.delete(id);
      span?.setStatus({ code: state === 'completed' ? 1 : 2 });
      span?.end();
    },
    close: async () => {
      await sentry.close(flushMs);
    },
  };
}

function begin(sentry: typeof Sentry, { dsn, options, release }: ReportingRequest): void {
  const { environment, tracesSampleRate } = options;
  sentry.initWithoutDefaultIntegrations({
    dsn,
    environment,
    tracesSampleRate,
    ...(release === undefined ? {} : { release }),
    maxBreadcrumbs: 0,
    integrations: [
      sentry.linkedErrorsIntegration(),
      sentry.onUncaughtExceptionIntegration(),
      sentry.onUnhandledRejectionIntegration({ mode: 'strict' }),
    ],
    beforeSend: scrubbedEvent,
  });
}

/** Code and stage are words of this program's own. */
function tagsOf(error: unknown): Record<string, string> {
  if (!(error instanceof CpwError)) return {};
  return { code: error.code, ...(error.stage === undefined ? {} : { stage: error.stage }) };
}

function checkDsn(dsn: string): void {
  if (/^https?:\/\/[^\s/@]+@[^\s/]+\/.*\d+$/u.test(dsn)) return;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    'CPW_SENTRY_DSN is no address of a project. Next step: copy it from the settings of the ' +
      'project, https://key@host/number.',
  );
}
