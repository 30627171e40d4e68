import { z } from 'zod';

const group = 'Notices';

/** Who is told that a job failed. The password is a secret and no option: CPW_SMTP_PASSWORD. */
export const noticeOptionsSchema = z.strictObject({
  notificationsEnabled: z
    .boolean()
    .default(false)
    .describe('Tell of jobs that fail, by mail, by a webhook or by both. false: nobody is told')
    .meta({ group }),
  smtpServer: z
    .string()
    .min(1, 'is empty; name a host or leave it out')
    .optional()
    .describe('Host that mail is sent by. Unset: no mail is sent')
    .meta({ group }),
  smtpPort: z
    .int32()
    .min(1)
    .max(65_535)
    .default(587)
    .describe('Its port; on 465 TLS begins at once, elsewhere by STARTTLS')
    .meta({ group }),
  smtpUseTls: z
    .boolean()
    .default(true)
    .describe('Send nothing without TLS. false: no TLS, and a password only to this machine')
    .meta({ group }),
  smtpUsername: z
    .string()
    .min(1, 'is empty; name a user or leave it out')
    .optional()
    .describe(
      'User to log in as, with the password in CPW_SMTP_PASSWORD or the file that ' +
        'CPW_SMTP_PASSWORD_FILE names. Unset: no login',
    )
    .meta({ group }),
  smtpFrom: z
    .email('is no mail address')
    .optional()
    .describe('Sender of the mail. Unset: alertEmail')
    .meta({ group }),
  alertEmail: z
    .email('is no mail address')
    .optional()
    .describe('Who gets the mail. Unset: no mail is sent')
    .meta({ group }),
  notifyWebhook: z
    .string()
    .refine((value) => /^https?:\/\/[^\s/]+/iu.test(value) && URL.canParse(value), {
      message: 'is no address; expected https://host/path',
    })
    .optional()
    .describe('Address that gets the notice as JSON, by POST; no redirect is followed. Unset: none')
    .meta({ group, secret: true }),
});

/** Who is told that a job failed, every option of it optional. */
export type NoticeOptions = z.input<typeof noticeOptionsSchema>;
/** {@link NoticeOptions} with every default filled in. */
export type ParsedNoticeOptions = z.output<typeof noticeOptionsSchema>;
