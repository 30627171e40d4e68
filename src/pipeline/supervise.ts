import { CpwError, type ErrorCode } from '../errors.js';

/** What supervised work is given. */
export interface Life {
  /** Aborted when the work has to stop, for whatever reason. */
  readonly signal: AbortSignal;
  /** A sign of life. */
  beat(this: void): void;
}

/** How work is watched. */
export interface SuperviseOptions {
  /** What is watched, for messages: `asr`. */
  readonly subject: string;
  /** Of the errors that are made here. Default: CPW_INFERENCE_FAILED. */
  readonly code?: ErrorCode;
  readonly signal?: AbortSignal | undefined;
  /** Seconds without a sign of life after which the work counts as stuck; 0: never. */
  readonly stallS?: number;
  /** Seconds that the work may take, asked again and again since more may be known later; 0: no limit. */
  readonly limitS?: () => number;
  /** Seconds that aborted work may take to stop; then it is left alone. */
  readonly stopGraceS?: number;
  /** Another way to give signs: a count that grows. */
  readonly signs?: () => number;
  /** True while the work waits for somebody else: that time counts for nothing. */
  readonly isWaiting?: () => boolean;
  /** Told where the work did not stop; what it holds is lost until it does. */
  readonly onAbandoned?: () => void;
}

const longestTickMs = 1000;
const shortestTickMs = 10;

/**
 * Runs work that may hang, and ends whatever the work does: it is aborted where it gives no sign of
 * life, takes longer than its limit, or the signal is aborted, and left alone where it does not stop
 * then. Rejects with the reason of the abort, CpwError for those of its own. Neither is worth
 * another try by itself: the same work takes as long again, and a stuck engine has no thread free.
 */
export async function supervise<T>(
  work: (life: Life) => Promise<T>,
  options: SuperviseOptions,
): Promise<T> {
  const { signal, stopGraceS = 30, onAbandoned } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const watch = new Watch(options, (error) => stop.abort(error));
  let grace: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    const afterGrace = (): void => {
      onAbandoned?.();
      reject(both.reason as Error);
    };
    onAbort = (): void => {
      watch.end();
      grace = setTimeout(afterGrace, stopGraceS * 1000);
    };
    both.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const running = work({ signal: both, beat: () => watch.beat() });
    const result = await Promise.race([running, abandoned]);
    both.throwIfAborted();
    return result;
  } catch (error) {
    throw both.aborted ? both.reason : error;
  } finally {
    watch.end();
    both.removeEventListener('abort', onAbort);
    clearTimeout(grace);
  }
}

/** Counts silence and work in ticks, so that a process that was asleep or busy harms nobody. */
class Watch {
  readonly #options: SuperviseOptions;
  readonly #onTrouble: (error: CpwError) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #tickMs: number;
  #tickedAt = performance.now();
  #signs: number;
  #beats = 0;
  #silentMs = 0;
  #workedMs = 0;

  constructor(options: SuperviseOptions, onTrouble: (error: CpwError) => void) {
    this.#options = options;
    this.#onTrouble = onTrouble;
    const { stallS = 0, limitS } = options;
    const shortest = Math.min(stallS || Infinity, limitS?.() || Infinity) * 1000;
    this.#tickMs = Math.max(shortestTickMs, Math.min(longestTickMs, shortest / 4));
    this.#signs = this.#count();
    // It keeps the process alive: work that hangs may have nothing else that does.
    if (stallS > 0 || limitS !== undefined)
      this.#timer = setInterval(() => this.#tick(), this.#tickMs);
  }

  beat(): void {
    this.#beats += 1;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #count(): number {
    return this.#beats + (this.#options.signs?.() ?? 0);
  }

  #tick(): void {
    const { stallS = 0, limitS, isWaiting } = this.#options;
    const now = performance.now();
    const passedMs = Math.min(now - this.#tickedAt, 2 * this.#tickMs);
    this.#tickedAt = now;
    const signs = this.#count();
    const waits = isWaiting?.() === true;
    if (!waits) this.#workedMs += passedMs;
    this.#silentMs = waits || signs !== this.#signs ? 0 : this.#silentMs + passedMs;
    this.#signs = signs;
    const limit = limitS?.() ?? 0;
    if (stallS > 0 && this.#silentMs >= stallS * 1000) this.#onTrouble(this.#stuck(stallS));
    else if (limit > 0 && this.#workedMs >= limit * 1000) this.#onTrouble(this.#tooLong(limit));
  }

  #stuck(stallS: number): CpwError {
    const { subject, code = 'CPW_INFERENCE_FAILED' } = this.#options;
    const message =
      `${subject} is stuck: it gave no sign of life for ${rounded(stallS)} s (stallS) and was ` +
      'stopped. Next step: begin again where it stopped, in a new process; on a slow machine allow more.';
    return new CpwError(code, message, { details: { subject, stallS } });
  }

  #tooLong(limitS: number): CpwError {
    const { subject, code = 'CPW_INFERENCE_FAILED' } = this.#options;
    const message =
      `${subject} took longer than its limit of ${rounded(limitS)} s (stageTimeoutS and ` +
      'stageTimeoutFactor) and was stopped. Next step: allow more, or take a smaller model.';
    return new CpwError(code, message, { details: { subject, limitS } });
  }
}

function rounded(seconds: number): number {
  return seconds >= 10 ? Math.round(seconds) : Math.round(seconds * 100) / 100;
}
