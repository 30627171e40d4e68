import type { CommandContext } from './command.js';
import { createEvents, type EventStream } from './event-stream.js';
import { exitStatusOf, Interruption } from './exit-codes.js';
import { packageVersion } from './package-version.js';
import { reportOf } from './report-error.js';

/** How a run over several files ended. */
export interface RunEnd {
  /** The exit status. */
  readonly status: number;
  /** How many files failed. */
  readonly failed: number;
}

/** What a command works with that tells its run as events. */
export interface EventContext extends CommandContext {
  readonly events: EventStream;
}

/**
 * Runs a command between the events `start` and `done`, tells the configuration's warnings and what
 * it fails with, and resolves to the exit status.
 */
export async function runWithEvents(
  files: readonly string[],
  context: CommandContext,
  run: (context: EventContext) => Promise<RunEnd>,
): Promise<number> {
  const { general, reporter, configuration } = context;
  const startedAt = performance.now();
  const events = createEvents(general.json ? (line) => reporter.result(line) : undefined);
  events.emit({ type: 'start', version: packageVersion(), files: [...files] });
  const end = ({ status, failed }: RunEnd): number => {
    const elapsedS = (performance.now() - startedAt) / 1000;
    events.emit({ type: 'done', status, files: files.length, failed, elapsedS });
    return status;
  };
  try {
    const running = { ...context, events };
    for (const message of configuration.warnings) tell(running, message);
    return end(await run(running));
  } catch (error) {
    const { code, stage, message } = reportOf(error);
    const known = error instanceof Interruption ? null : code;
    events.emit({ type: 'error', code: known, stage, message });
    end({ status: exitStatusOf(error), failed: files.length });
    throw error;
  }
}

/** Tells of something that may surprise: an event for programs, a line for people. */
export function tell(
  { general, events, reporter }: EventContext,
  message: string,
  file?: string,
): void {
  const about = file === undefined ? {} : { file };
  if (general.json) events.emit({ type: 'warning', message, ...about });
  else reporter.warn(message);
}
