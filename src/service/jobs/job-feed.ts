import { randomBytes } from 'node:crypto';
import type { PipelineEvent, StageState } from 'cpw-native';

/** One piece of news of a job. */
export interface FeedEvent {
  /** Counts up from 1. */
  readonly place: number;
  readonly event: 'job' | 'stage' | 'progress' | 'warning';
  readonly data: unknown;
}

/** What a stage that was heard of is doing. */
export interface LiveStage {
  readonly state: StageState;
  readonly reason?: string;
  /** 0..1 */
  readonly fraction?: number;
  readonly audioS?: number;
}

const mostKept = 256;
/** Numbers of events hold for one run of the server. */
const run = randomBytes(4).toString('hex');

/** The news of a job that runs, or waits, in this process; the latest are kept for who comes late. */
export class JobFeed {
  readonly #kept: FeedEvent[] = [];
  readonly #waiting = new Set<() => void>();
  /** In the order in which they came up. */
  readonly stages = new Map<string, LiveStage>();
  #last = 0;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  get last(): number {
    return this.#last;
  }

  /** Takes an event of the pipeline. */
  add(event: PipelineEvent): void {
    if (event.type === 'warning') return this.tell('warning', event);
    // Which model is loaded is the server's own affair.
    if (event.type === 'work' || event.type === 'retry') return;
    const known = this.stages.get(event.stage);
    if (event.type === 'stage') {
      const { state, reason } = event;
      this.stages.set(event.stage, { state, ...(reason === undefined ? {} : { reason }) });
      return this.tell('stage', event);
    }
    const { fraction = known?.fraction, audioS = known?.audioS } = event;
    this.stages.set(event.stage, {
      state: known?.state ?? 'running',
      ...(fraction === undefined ? {} : { fraction }),
      ...(audioS === undefined ? {} : { audioS }),
    });
    this.tell('progress', event);
  }

  tell(event: FeedEvent['event'], data: unknown): void {
    this.#last += 1;
    this.#kept.push({ place: this.#last, event, data });
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#wake();
  }

  /** Nothing follows. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The events behind a place; undefined where some of them are not kept any more. */
  since(place: number): readonly FeedEvent[] | undefined {
    const first = this.#kept[0]?.place ?? this.#last + 1;
    if (place > this.#last || place + 1 < first) return undefined;
    return this.#kept.filter((one) => one.place > place);
  }

  /** Resolves at the next news, after so many ms, or when the signal is aborted. */
  async changed(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** What a client sends back as Last-Event-ID. */
export function eventId({ place }: Pick<FeedEvent, 'place'>): string {
  return `${run}-${place}`;
}

/** The place of an event that a client has seen; undefined for one of an earlier run. */
export function placeOf(id: string | undefined): number | undefined {
  const [of, place = ''] = (id ?? '').split('-');
  return of === run && /^\d+$/u.test(place) ? Number(place) : undefined;
}
