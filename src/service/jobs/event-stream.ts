import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { eventId, placeOf, type JobFeed } from './job-feed.js';

/** A line that says nothing is sent so often that proxies keep the connection, in ms. */
const heartbeatMs = 15_000;
/** How often a job of another server is looked at, in ms. */
const elsewhereMs = 3000;

/** An event as the description of the interface has it. */
export const eventAnswer = {
  description: 'What happens with the job, as server-sent events',
  content: {
    'text/event-stream': {
      schema: z.object({
        id: z.string().optional(),
        event: z.enum(['job', 'stage', 'progress', 'warning']),
        data: z.string().describe('JSON: the job, or the news of it'),
      }),
    },
  },
} as const;

/** What a stream of events is made of. */
export interface StreamedJob {
  /** Absent: the job is not worked on here. */
  readonly feed: JobFeed | undefined;
  /** The job as it is now. */
  readonly view: () => Promise<{ readonly status: string } | undefined>;
  readonly lastEventId?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * A job's news as server-sent events: the job, what happens, the job once it has ended. A client
 * that comes back with the last id it saw gets what it missed, or the job as it is now. A reader
 * that is slow misses news instead of keeping them in memory.
 */
export function eventStream(job: StreamedJob): Readable {
  return Readable.from(eventsOf(job), { objectMode: false, highWaterMark: 1 << 14 });
}

async function* eventsOf({
  feed,
  view,
  lastEventId,
  signal,
}: StreamedJob): AsyncGenerator<string, void> {
  let place = placeOf(lastEventId);
  if (feed === undefined) yield* followElsewhere({ feed, view, signal });
  while (feed !== undefined && !signal.aborted) {
    const news = place === undefined ? undefined : feed.since(place);
    if (news === undefined) {
      place = feed.last;
      yield message('job', await view(), eventId({ place }));
    } else if (news.length > 0) {
      for (const one of news) yield message(one.event, one.data, eventId(one));
      place = news.at(-1)?.place ?? place;
    } else if (feed.ended) {
      yield message('job', await view(), eventId({ place: place ?? 0 }));
      return;
    } else {
      const before = feed.last;
      await feed.changed(heartbeatMs, signal);
      if (feed.last === before && !feed.ended) yield ': still here\n\n';
    }
  }
}

/** Of a job that another server works on only its record and manifest are known. */
async function* followElsewhere({ view, signal }: StreamedJob): AsyncGenerator<string, void> {
  while (!signal.aborted) {
    const now = await view();
    yield message('job', now, undefined);
    if (now === undefined || !['queued', 'running'].includes(now.status)) return;
    await wait(elsewhereMs, undefined, { signal }).catch(() => undefined);
  }
}

function message(event: string, data: unknown, id: string | undefined): string {
  const named = id === undefined ? '' : `id: ${id}\n`;
  return `${named}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
