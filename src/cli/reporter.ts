/** What a reporter needs of a stream. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

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
  /** How far a piece of work is, 0..1; not with `quiet`. */
  progress(label: string, fraction: number): void;
  /** The piece of work is over: its progress line goes. */
  done(): void;
}

/**
 * Progress is one line drawn over itself on a terminal, and a plain line every few seconds
 * elsewhere.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const { stdout, stderr, quiet } = options;
  const now = options.now ?? (() => performance.now());
  const everyMs = options.everyMs ?? (stderr.isTTY ? 100 : 5000);
  let drawn = '';
  let lastAt = now();
  const erase = (): void => {
    if (drawn !== '') stderr.write('\r\u001b[K');
  };
  const around = (write: () => void): void => {
    erase();
    write();
    if (drawn !== '') stderr.write(drawn);
  };
  return {
    result: (text) => around(() => stdout.write(text)),
    note: (line) => {
      if (!quiet) around(() => stderr.write(`${line}\n`));
    },
    warn: (message) => {
      const line = options.json
        ? JSON.stringify({ type: 'warning', message })
        : `cpw-native: warning: ${message}`;
      if (options.json || !quiet) around(() => stderr.write(`${line}\n`));
    },
    error: (text) => around(() => stderr.write(text)),
    progress: (label, fraction) => {
      if (quiet || now() - lastAt < everyMs) return;
      lastAt = now();
      const line = `${label}  ${String(Math.floor(fraction * 100)).padStart(3)} %`;
      if (!stderr.isTTY) {
        stderr.write(`${line}\n`);
        return;
      }
      erase();
      drawn = line.slice(-((stderr.columns ?? 80) - 1));
      stderr.write(drawn);
    },
    done: () => {
      erase();
      drawn = '';
      lastAt = now();
    },
  };
}
