import type { ParsedRetryOptions } from '../options/faults.js';
import type { ParsedNoticeOptions } from '../options/notices.js';
import type { CommandContext } from './command.js';
import { secretOf } from './secrets.js';
import { serverPart, type NoticeRequest } from './server-package.js';

/** Tells of jobs of this run that fail. */
export interface Notices {
  jobFailed(failure: { readonly job: string; readonly error: unknown }): Promise<void>;
  close(): void;
}

/** The options that a notifier is made of. */
export interface NoticeValues {
  readonly notices: ParsedNoticeOptions;
  readonly faults: ParsedRetryOptions;
  readonly log: { readonly logFile?: string | undefined };
}

/** What a notifier is made of; undefined where nobody is to be told. */
export async function noticeRequest({
  notices: options,
  faults: retry,
  log: { logFile },
}: NoticeValues): Promise<NoticeRequest | undefined> {
  if (!options.notificationsEnabled) return undefined;
  return { options, retry, logFile, smtpPassword: await secretOf('CPW_SMTP_PASSWORD') };
}

/**
 * Who is told of a run's jobs that fail; undefined where nobody is. Wrong options are told before
 * hours of work. Throws CPW_BINARY_NOT_FOUND where the server's package, which sends, is missing.
 */
export async function noticesOf(
  { notices, faults: retry, log }: NoticeValues,
  { reporter, general }: Pick<CommandContext, 'reporter' | 'general'>,
): Promise<Notices | undefined> {
  const request = await noticeRequest({ notices, faults: retry, log });
  if (request === undefined) return undefined;
  if (general.offline) {
    reporter.warn('--offline: nobody is told of jobs that fail');
    return undefined;
  }
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
