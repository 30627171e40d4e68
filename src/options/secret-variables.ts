/** What holds a secret, and is no option: it is never shown, kept or logged. */
export const secretVariables = [
  'CPW_TMDB_KEY',
  'CPW_API_KEYS',
  'CPW_SMTP_PASSWORD',
  'CPW_SENTRY_DSN',
] as const;

/** One of {@link secretVariables}. */
export type SecretVariable = (typeof secretVariables)[number];
