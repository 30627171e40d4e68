import type { Logger } from 'pino';
import type { NativeLogLevel } from '../native/addon.js';
import type { GeneralOptions } from '../options/general.js';
import type { ParsedLogOptions } from '../options/log.js';
import type { Reporter } from './reporter.js';
import { knownSecrets } from './secrets.js';

/** A log that is open. */
export interface OpenLog {
  readonly logger: Logger;
  /** Resolves when every line is written. */
  readonly closeLog: () => Promise<void>;
}

/** What a log needs of a command. */
export interface LogContext {
  readonly general: GeneralOptions;
  readonly reporter: Reporter;
}

/** The log that was asked for, or none. */
export async function askedLog(
  context: LogContext,
  options: ParsedLogOptions,
): Promise<Partial<Pick<OpenLog, 'logger'>> & Pick<OpenLog, 'closeLog'>> {
  const { logLevel, verbose } = context.general;
  const asked = logLevel !== undefined || verbose || options.logFile !== undefined;
  return asked ? openLog(context, options) : { closeLog: async () => undefined };
}

/**
 * Opens the log and lets the engines' lines join it: in a file where one is named, else on standard
 * error, for people where that is a terminal.
 */
export async function openLog(
  { general, reporter }: LogContext,
  options: ParsedLogOptions,
): Promise<OpenLog> {
  const level = general.logLevel ?? (general.verbose ? 'debug' : 'info');
  const [{ pino }, { loggerOptions }, { loadAddon }] = await Promise.all([
    import('pino'),
    import('./log-lines.js'),
    import('../native/load.js'),
  ]);
  const lines = loggerOptions({ level, secrets: await knownSecrets(), ...options });
  const { stream, close } = await openSink(options, reporter);
  const logger = pino(lines, stream);
  const addon = loadAddon();
  const engines = logger.child({ component: 'engine' });
  addon.setLogSink((at: NativeLogLevel, message: string) => engines[at](message.trimEnd()));
  const closeLog = async (): Promise<void> => {
    addon.setLogSink(null);
    await close();
  };
  return { logger, closeLog };
}

/** Runs `work` with the log that was asked for, which is whole when this resolves. */
export async function withLog<T>(
  context: LogContext,
  options: ParsedLogOptions,
  work: (logger: Logger | undefined) => Promise<T>,
): Promise<T> {
  const { logger, closeLog } = await askedLog(context, options);
  try {
    return await work(logger);
  } finally {
    await closeLog();
  }
}

interface Sink {
  readonly stream: { write(line: string): unknown };
  readonly close: () => Promise<void>;
}

async function openSink(options: ParsedLogOptions, reporter: Reporter): Promise<Sink> {
  const { logFile } = options;
  if (logFile !== undefined) {
    const { openLogFile } = await import('./log-file.js');
    return openLogFile(logFile, options);
  }
  const close = async (): Promise<void> => undefined;
  if (process.stderr.isTTY) {
    const { prettyLine } = await import('./pretty-log.js');
    // By the reporter, whose live line must not be written into.
    return { stream: { write: (line) => reporter.error(prettyLine(line)) }, close };
  }
  const { pino } = await import('pino');
  return { stream: pino.destination({ dest: 2, sync: true }), close };
}
