import { LiveLine, type LineOutput } from './live-line.js';

/** What a reporter needs of a stream. */
export type Output = LineOutput;

export interface ReporterOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Only results and errors. */
  readonly quiet: boolean;
  /** Warnings as lines of JSON, also where `quiet` holds back all else. */
  readonly json?: boolean;
  /** Milliseconds between two progress lines where they cannot be drawn over each other. */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** Keeps progress, notes and results apart on the two streams. */
export interface Reporter {
  /** A result, on standard output. */
  result(text: string): void;
  /** A line on standard error; not with `quiet`. */
  note(line: string): void;
  /** Something that has no effect or may surprise: a line for people, or one of JSON with `json`. */
  warn(this: void, message: string): void;
  /** Text on standard error, whatever was asked. */
  error(text: string): void;
  /**
   * How far a piece of work is; not with `quiet`. `fraction` is 0..1, undefined where nobody knows;
   * `audioS` are the seconds of audio that are done, for the speed; `work` names what is timed where
   * the label changes meanwhile.
   */
  progress(
    label: string,
    fraction: number | undefined,
    more?: { readonly audioS?: number | undefined; readonly work?: string },
  ): void;
  /** The piece of work is over: its progress line goes. */
  done(): void;
}

/**
 * Progress is one line drawn over itself on a terminal, and a plain line every few seconds
 * elsewhere.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const { stdout, stderr, quiet } = options;
  const everyMs = options.everyMs ?? (stderr.isTTY ? 100 : 5000);
  const now = options.now ?? (() => performance.now());
  const line = new LiveLine(stderr, { everyMs, now });
  return {
    result: (text) => line.around(() => stdout.write(text)),
    note: (text) => {
      if (!quiet) line.around(() => stderr.write(`${text}\n`));
    },
    warn: (message) => {
      if (quiet && options.json !== true) return;
      const text = options.json
        ? JSON.stringify({ type: 'warning', message })
        : `cpw-native: warning: ${message}`;
      line.around(() => stderr.write(`${text}\n`));
    },
    error: (text) => line.around(() => stderr.write(text)),
    progress: (label, fraction, { audioS, work = label } = {}) => {
      if (!quiet) line.show({ label, fraction, audioS, work });
    },
    done: () => line.clear(),
  };
}
