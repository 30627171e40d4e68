/** Why a connection failed, by the system's or undici's code, in words. */
export const connectionReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'there is no network',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** The first code among an error and its causes; empty where none has one. */
export function connectionCode(cause: unknown): string {
  for (let one = cause; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return '';
}

/** True where the other side's certificate is what is wrong. */
export function isCertificateCode(code: string): boolean {
  return /CERT|SIGNATURE|ERR_TLS/u.test(code);
}
