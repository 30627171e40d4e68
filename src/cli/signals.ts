import { exitStatus, Interruption } from './exit-codes.js';

const statuses = { SIGINT: exitStatus.interrupted, SIGTERM: exitStatus.terminated } as const;

/**
 * Runs something that Ctrl-C, SIGTERM and a closed standard output abort. A second signal ends the
 * process at once.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (controller.signal.aborted) return endNow(name);
    controller.abort(new Interruption(`interrupted by ${name}`, statuses[name]));
  };
  const onBrokenPipe = (error: Error): void => {
    // A reader that has seen enough, such as `head`, is no failure.
    const enough = 'code' in error && error.code === 'EPIPE';
    const message = `cannot write to standard output: ${error.message}`;
    controller.abort(new Interruption(message, enough ? exitStatus.ok : exitStatus.failed));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onBrokenPipe);
  process.stderr.on('error', () => undefined);
  try {
    return await run(controller.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function endNow(name: 'SIGINT' | 'SIGTERM'): void {
  // With no listener left the signal takes its default course, which waits for no engine.
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
