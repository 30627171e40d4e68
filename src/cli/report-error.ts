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

// What a terminal would obey or that would turn its text about. The joiners U+200C and U+200D are
// letters' neighbours in Persian and Hindi, and parts of emoji.
const unsafe = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A file's name for a line of text: quoted and spelt out where it holds what a terminal would obey. */
export function shownName(file: string): string {
  if (file.search(unsafe) === -1) return file;
  const spelt = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(file).replaceAll(unsafe, spelt);
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
