import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { audioPath } from './audio.js';

/** A job as the server tells of it. */
export interface SeenJob {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly error?: { readonly code: string; readonly message: string };
  readonly stages: readonly { readonly stage: string; readonly state: string }[];
  readonly links: Readonly<Record<'self' | 'events' | 'cancel' | 'result', string>>;
}

/** One server-sent event. */
export interface SeenEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: SeenJob & { readonly stage?: string; readonly state?: string };
}

/** How a recording is submitted. */
export interface Submission {
  readonly file?: string;
  readonly name?: string;
  readonly request?: unknown;
  readonly query?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Submits a recording of tests/data/audio. */
export async function submit(
  url: string,
  { file = 'jfk.wav', name, request = {}, query = '', signal, headers = {} }: Submission = {},
): Promise<Response> {
  const form = new FormData();
  form.append('request', typeof request === 'string' ? request : JSON.stringify(request));
  const bytes = await readFile(audioPath(file));
  form.append('file', new Blob([bytes]), name ?? basename(file));
  const how = signal === undefined ? {} : { signal };
  return fetch(`${url}/v1/jobs${query}`, { method: 'POST', body: form, headers, ...how });
}

/** Submits and expects the job to be accepted. */
export async function accepted(url: string, submission: Submission = {}): Promise<SeenJob> {
  const answer = await submit(url, submission);
  const body = (await answer.json()) as SeenJob;
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(body)}`);
  return body;
}

/** The events of an answer, as they come. */
export async function* eventsOf(answer: Response): AsyncGenerator<SeenEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) if (!part.startsWith(':')) yield eventOf(part);
  }
}

/** Follows a job to its end. */
export async function ended(url: string, job: Pick<SeenJob, 'id'>): Promise<SeenJob> {
  let last: SeenJob | undefined;
  const answer = await fetch(`${url}/v1/jobs/${job.id}/events`);
  for await (const { event, data } of eventsOf(answer)) if (event === 'job') last = data;
  if (last === undefined) throw new Error(`no event of ${job.id}`);
  return last;
}

function eventOf(part: string): SeenEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'mu').exec(part)?.[1];
  const data = JSON.parse(field('data') ?? 'null') as SeenEvent['data'];
  return { id: field('id'), event: field('event') ?? '', data };
}
