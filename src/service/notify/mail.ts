import { CpwError } from 'cpw-native';
import type { ParsedNoticeOptions } from 'cpw-native/options';
import { createTransport, type Transporter } from 'nodemailer';
import { bodyOf, subjectOf, type Notice } from './notice.js';

/** One way to tell. */
export interface Channel {
  /** For logs, events and breakers. */
  readonly name: string;
  /** Tells once. Throws a transient error where another try may help. */
  send(notice: Notice): Promise<void>;
  close(): void;
}

const timeoutMs = 10_000;

/** Sends notices by mail. `ca` is trusted beside the system's certificates. */
export function mailChannel(
  options: ParsedNoticeOptions,
  { password, ca }: { readonly password?: string | undefined; readonly ca?: string | undefined },
): Channel {
  const { smtpServer: host, smtpPort: port, smtpFrom, alertEmail } = options;
  const transport = transportOf(options, { password, ca });
  return {
    name: 'smtp',
    send: async (notice) => {
      try {
        await transport.sendMail({
          from: smtpFrom ?? alertEmail,
          to: alertEmail,
          subject: subjectOf(notice),
          text: bodyOf(notice),
        });
      } catch (cause) {
        throw mailError(cause, `${host}:${port}`);
      }
    },
    close: () => transport.close(),
  };
}

function transportOf(
  { smtpServer: host, smtpPort: port, smtpUseTls, smtpUsername }: ParsedNoticeOptions,
  { password, ca }: { readonly password?: string | undefined; readonly ca?: string | undefined },
): Transporter {
  const secure = smtpUseTls && port === 465;
  return createTransport({
    ...(host === undefined ? {} : { host }),
    port,
    secure,
    requireTLS: smtpUseTls && !secure,
    ignoreTLS: !smtpUseTls,
    ...(smtpUsername === undefined ? {} : { auth: { user: smtpUsername, pass: password ?? '' } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** A server's "not now" (4xx) and a connection that failed may pass; a refusal does not. */
function mailError(cause: unknown, where: string): CpwError {
  const {
    code = '',
    responseCode,
    message,
  } = cause as Error & {
    code?: string;
    responseCode?: number;
  };
  const passing = ['ECONNECTION', 'ETIMEDOUT', 'EDNS', 'ESOCKET', 'ECONNREFUSED', 'ECONNRESET'];
  const certificate = /certificate|CERT/u.test(message);
  const transient =
    responseCode === undefined
      ? passing.includes(code) && !certificate
      : responseCode >= 400 && responseCode < 500;
  const next = transient ? 'check the server and the network' : 'check the options of SMTP';
  return new CpwError(
    transient ? 'CPW_DOWNLOAD_FAILED' : 'CPW_INVALID_OPTIONS',
    `The mail server ${where} took no mail: ${message}. Next step: ${next}.`,
    {
      details: { where, systemCode: code, ...(responseCode === undefined ? {} : { responseCode }) },
    },
  );
}
