import { CpwError, networkBreaker, retryTransient, type Breaker } from 'cpw-native';
import {
  retryOptionsSchema,
  type ParsedNoticeOptions,
  type ParsedRetryOptions,
} from 'cpw-native/options';
import { mailChannel, type Channel } from './mail.js';
import { noticeOf, type JobFailure, type Notice } from './notice.js';
import { webhookChannel } from './webhook.js';

/** Where a notifier tells of its own trouble; pino's loggers fit. */
export interface NotifierLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a notifier works by. */
export interface NotifierRequest {
  readonly options: ParsedNoticeOptions;
  /** Of `smtpUsername`. */
  readonly smtpPassword?: string | undefined;
  /** Named in the notice. */
  readonly logFile?: string | undefined;
  /** Default: that of all retries. */
  readonly retry?: ParsedRetryOptions | undefined;
}

/** How a notifier tells of itself. */
export interface NotifierContext {
  readonly logger: NotifierLogger;
  /** Trusted beside the system's certificates. */
  readonly ca?: string;
}

/** Tells of jobs that failed. */
export interface Notifier {
  /** Never rejects: what cannot be told is logged, and the job is what it was. */
  jobFailed(failure: JobFailure): Promise<void>;
  close(): void;
}

interface Way {
  readonly channel: Channel;
  readonly breaker: Breaker;
}

/** Throws CPW_INVALID_OPTIONS where nobody could be told, or a password would be sent in the clear. */
export function createNotifier(request: NotifierRequest, context: NotifierContext): Notifier {
  const { options, retry = retryOptionsSchema.parse({}), logFile } = request;
  const ways: readonly Way[] = channelsOf(request, context).map((channel) => ({
    channel,
    breaker: networkBreaker(channel.name),
  }));
  return {
    jobFailed: async (failure) => {
      if (!options.notificationsEnabled) return;
      const notice = noticeOf(failure, logFile);
      await Promise.all(ways.map((way) => tell(way, notice, { retry, logger: context.logger })));
    },
    close: () => {
      for (const { channel } of ways) channel.close();
    },
  };
}

function channelsOf(
  { options, smtpPassword: password }: NotifierRequest,
  { ca }: NotifierContext,
): readonly Channel[] {
  if (!options.notificationsEnabled) return [];
  const { smtpServer, alertEmail, notifyWebhook } = options;
  const byMail = smtpServer !== undefined && alertEmail !== undefined;
  if (byMail) checkMail(options, password);
  const channels = [
    ...(byMail ? [mailChannel(options, { password, ca })] : []),
    ...(notifyWebhook === undefined ? [] : [webhookChannel(notifyWebhook)]),
  ];
  if (channels.length > 0) return channels;
  throw refused(
    'notificationsEnabled has no effect: nobody would be told',
    'give smtpServer and alertEmail, or notifyWebhook',
  );
}

const thisMachine = ['localhost', '127.0.0.1', '::1'];

function checkMail(options: ParsedNoticeOptions, password: string | undefined): void {
  const { smtpUseTls, smtpUsername, smtpServer = '' } = options;
  if (smtpUsername !== undefined && password === undefined) {
    throw refused(
      'smtpUsername has no password',
      'put it into CPW_SMTP_PASSWORD, or a file that CPW_SMTP_PASSWORD_FILE names',
    );
  }
  if (smtpUseTls || smtpUsername === undefined || thisMachine.includes(smtpServer)) return;
  throw refused(
    `smtpUseTls: false would send the password in the clear to ${smtpServer}`,
    'leave it out, or send by a server on this machine',
  );
}

function refused(problem: string, next: string): CpwError {
  return new CpwError('CPW_INVALID_OPTIONS', `${problem}. Next step: ${next}.`);
}

async function tell(
  { channel, breaker }: Way,
  notice: Notice,
  { retry, logger }: { readonly retry: ParsedRetryOptions; readonly logger: NotifierLogger },
): Promise<void> {
  const fields = { job_id: notice.job, channel: channel.name };
  try {
    await retryTransient(() => breaker.run(() => channel.send(notice)), retry, {
      name: channel.name,
      onFailed: ({ attempt, attempts, delayMs, error }) => {
        const reason = error instanceof Error ? error.message : String(error);
        if (delayMs === undefined) return;
        logger.warn(
          { ...fields, delay_seconds: delayMs / 1000, reason },
          `Attempt ${attempt}/${attempts}`,
        );
      },
    });
    logger.info(fields, 'the failure was told');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ ...fields, reason }, 'the failure could not be told');
  }
}
