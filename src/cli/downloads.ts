import type { DownloadEvent, OnDownload } from '../models/download-event.js';
import type { HubOptions } from '../options/download.js';
import { size } from './columns.js';
import { shownInput } from './input.js';
import type { EventStream } from './event-stream.js';
import { hubOf } from './library.js';
import type { Reporter } from './reporter.js';
import type { Breaker } from '../network/breaker.js';
import { hubBreaker } from './breakers.js';

/** What a load is told about fetching. */
export interface Downloads {
  readonly download: 'auto' | 'never';
  readonly context: {
    readonly hub: HubOptions;
    readonly onDownload: OnDownload;
    readonly breaker: Breaker;
  };
}

/** How `transcribe` fetches what is missing, and says so. */
export function downloadsOf(
  recognizer: { readonly download: 'auto' | 'never' },
  work: {
    readonly general: { readonly offline: boolean };
    readonly reporter: Reporter;
    readonly events: EventStream;
  },
): Downloads {
  const { general, reporter, events } = work;
  const download = general.offline ? 'never' : recognizer.download;
  const announce: Announce = (model, what) =>
    `model ${model} is not installed: ${what}; --offline forbids this`;
  const say = sayDownloads(reporter, announce);
  const onDownload: OnDownload = (event) => {
    const { type: state, ...rest } = event;
    events.emit({ type: 'download', state, ...rest });
    say(event);
  };
  return { download, context: { hub: hubOf(), onDownload, breaker: hubBreaker(reporter) } };
}

/** Tells of downloads on standard error. `announce` makes the line that begins one. */
export function sayDownloads(reporter: Reporter, announce: Announce): OnDownload {
  return (event) => {
    if (event.type === 'progress') {
      const { model, format, receivedBytes, totalBytes } = event;
      if (totalBytes === undefined) return;
      reporter.progress(`fetching ${model} (${format})`, receivedBytes / totalBytes);
    } else if (event.type === 'making') {
      if (event.fraction === 0) reporter.note(`making the ${event.format} form of ${event.model}`);
      reporter.progress(`making ${event.model} (${event.format})`, event.fraction);
    } else {
      reporter.done();
      reporter.note(lineOf(event, announce));
    }
  };
}

type Announce = (model: string, what: string) => string;
type Announced = Exclude<DownloadEvent, { readonly type: 'progress' | 'making' }>;

function lineOf(event: Announced, announce: Announce): string {
  if (event.type === 'fetching') {
    const { model, format, from, totalBytes } = event;
    const bytes = totalBytes === undefined ? '' : ` (${size(totalBytes)})`;
    return announce(model, `fetching ${format}${bytes} from ${from}`);
  }
  if (event.type === 'retry') {
    const { attempt, attempts, delayMs } = event;
    // What to do is for those whose last attempt fails.
    const reason = event.reason.replace(/ Next step: .*$/su, '');
    const next = `The next follows in ${delayMs / 1000} s`;
    return `attempt ${attempt} of ${attempts} failed: ${reason} ${next}`;
  }
  if (event.type === 'waiting') {
    return `waiting for ${event.holder}, which works on model ${event.model}`;
  }
  const { model, format, bytes, path, unverified } = event;
  const list = unverified.join(', ');
  const doubt = list === '' ? '' : `; nobody vouches for ${list}: recorded as it came`;
  return `installed ${model} as ${format} (${size(bytes)}) in ${shownInput(path)}${doubt}`;
}
