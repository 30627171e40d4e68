import type { ParsedRetryOptions } from '../options/faults.js';
import type { ParsedNoticeOptions } from '../options/notices.js';
import type { ParsedReportingOptions } from '../options/reporting.js';
import type { CommandContext } from './command.js';
import { packageVersion } from './package-version.js';
import type { Reporter } from './reporter.js';
import { secretOf } from './secrets.js';
import {
  serverPart,
  type NoticeRequest,
  type NotifyPart,
  type ReportingRequest,
} from './server-package.js';

/** Tells of jobs of this run that fail. */
export interface Notices {
  jobFailed(failure: { readonly job: string; readonly error: unknown }): Promise<void>;
  close(): Promise<void>;
}

/** The options that a notifier is made of. */
export interface NoticeValues {
  readonly notices: ParsedNoticeOptions;
  readonly faults: ParsedRetryOptions;
  readonly log: { readonly logFile?: string | undefined };
  readonly reporting: ParsedReportingOptions;
}

/** Who is to be told of failures, and where errors go. */
export interface Tellers {
  readonly notices?: NoticeRequest;
  readonly reporting?: ReportingRequest;
}

/** Who is told, by the options and the environment; nobody without a network. */
export async function tellersOf(
  values: NoticeValues,
  { reporter, general }: Pick<CommandContext, 'reporter' | 'general'>,
): Promise<Tellers> {
  const notices = await noticeRequest(values);
  const reporting = await reportingRequest(values.reporting);
  if (general.offline && (notices !== undefined || reporting !== undefined)) {
    reporter.warn('--offline: nobody is told of jobs that fail');
    return {};
  }
  return { ...(notices && { notices }), ...(reporting && { reporting }) };
}

/** What a notifier is made of; undefined where nobody is to be told. */
async function noticeRequest({
  notices: options,
  faults: retry,
  log: { logFile },
}: Omit<NoticeValues, 'reporting'>): Promise<NoticeRequest | undefined> {
  if (!options.notificationsEnabled) return undefined;
  return { options, retry, logFile, smtpPassword: await secretOf('CPW_SMTP_PASSWORD') };
}

/** Where errors are reported to; undefined where CPW_SENTRY_DSN is not set. */
async function reportingRequest(
  options: ParsedReportingOptions,
): Promise<ReportingRequest | undefined> {
  const dsn = await secretOf('CPW_SENTRY_DSN');
  return dsn === undefined
    ? undefined
    : { dsn, options, release: `cpw-native@${packageVersion()}` };
}

/**
 * Who is told of a run's jobs that fail; undefined where nobody is. Wrong options are told before
 * hours of work. Throws CPW_BINARY_NOT_FOUND where the server's package, which sends, is missing.
 */
export async function noticesOf(
  values: NoticeValues,
  context: Pick<CommandContext, 'reporter' | 'general'>,
): Promise<Notices | undefined> {
  const { notices, reporting } = await tellersOf(values, context);
  if (notices === undefined && reporting === undefined) return undefined;
  const notifier = await (notices && notifierOf(notices, context.reporter));
  const reports = await (reporting && (await serverPart('reporting')).openErrorReports(reporting));
  return {
    jobFailed: async (failure) => {
      await Promise.all([notifier?.jobFailed(failure), reports?.jobFailed(failure)]);
    },
    close: async () => {
      notifier?.close();
      await reports?.close();
    },
  };
}

type Notifier = ReturnType<NotifyPart['createNotifier']>;

async function notifierOf(request: NoticeRequest, reporter: Reporter): Promise<Notifier> {
  const notify = await serverPart('notify');
  const line = (message: string, fields: object): string => {
    const { channel = '', reason = '' } = fields as { channel?: string; reason?: string };
    return `${channel}: ${message}${reason === '' ? '' : `: ${reason}`}`;
  };
  const logger = {
    info: (fields: object, message: string) => reporter.note(line(message, fields)),
    warn: (fields: object, message: string) => reporter.warn(line(message, fields)),
  };
  return notify.createNotifier(request, { logger });
}
