import { CpwError, errorCodes, type ErrorCode } from '../errors.js';

/** An error as `--json` prints it. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly stage: string | null;
  readonly message: string;
  /** The input that failed, where several may. */
  readonly file?: string;
}

export interface ReportErrorOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly file?: string;
}

/** The text for standard error: for people, or one line of JSON. */
export function formatError(error: unknown, options: ReportErrorOptions): string {
  const report = reportOf(error, options.file);
  if (options.json) return `${JSON.stringify(report)}\n`;
  const { meaning, mendedBy, transient } = errorCodes[report.code];
  const where = report.file === undefined ? '' : `${shownName(report.file)}: `;
  const hints = [`${report.code}: ${meaning}`];
  if (transient) hints.push('trying again may help');
  if (mendedBy === 'maintainer') hints.push('please report this, with the output of --verbose');
  const stack = options.verbose ? `${stackOf(error)}\n` : '';
  return `cpw-native: ${where}${report.message}\n  ${hints.join('; ')}\n${stack}`;
}

/** A file's name for a line of text: quoted where it holds what a terminal would obey. */
export function shownName(file: string): string {
  return /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(file) ? JSON.stringify(file) : file;
}

/** An error as programs read it. */
export function reportOf(error: unknown, file?: string): ErrorReport {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof CpwError;
  return {
    code: known ? error.code : 'CPW_INTERNAL',
    stage: known ? (error.stage ?? null) : null,
    message,
    ...(file === undefined ? {} : { file }),
  };
}

function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) lines.push(one.stack ?? one.message);
  return lines.join('\ncaused by: ');
}
