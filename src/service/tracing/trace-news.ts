import { SpanStatusCode, type Span } from '@opentelemetry/api';
import type { PipelineEvent } from 'cpw-native';
import type { EventEmitter } from 'node:events';
import type { ServiceNews } from '../service.js';
import { shownFile } from './shown-file.js';
import type { Tracing } from './otlp.js';

/** What tracing of news needs. */
export interface TraceNewsOptions {
  readonly tracing: Tracing;
  /** Whether files are named. */
  readonly fileNames: boolean;
  /** The span of a request, by its id. */
  readonly requestSpan?: (id: string) => Span | undefined;
}

/** The spans of a running job. */
interface JobSpans {
  readonly span: Span;
  readonly stages: Map<string, StageSpans>;
}
interface StageSpans {
  readonly span: Span;
  readonly works: Map<string, Span>;
}

/** Makes spans of what happens: job → stages → what engines do, and of requests' transcriptions. */
export function traceNews(news: EventEmitter<ServiceNews>, options: TraceNewsOptions): void {
  const { tracing, fileNames, requestSpan } = options;
  const jobs = new Map<string, JobSpans>();
  const transcriptions = new Map<string, Span>();
  news.on('job', ({ id, state, workflow, input, traceparent, error }) => {
    if (state === 'accepted') return;
    if (state === 'running') {
      const file = input === undefined ? {} : { 'audio.file': shownFile(input, fileNames) };
      const attributes = { 'job.id': id, 'job.workflow': workflow, ...file };
      const span = tracing.begin('job', { under: traceparent, attributes });
      jobs.set(id, { span, stages: new Map() });
      return;
    }
    const job = jobs.get(id);
    jobs.delete(id);
    for (const stage of job?.stages.values() ?? []) endStage(stage);
    job?.span.setAttribute('job.state', state);
    if (job !== undefined) end(job.span, state === 'failed' ? messageOf(error) : undefined);
  });
  news.on('stage', ({ job, event }) => {
    const spans = jobs.get(job);
    if (spans !== undefined) traceStage(tracing, spans, event);
  });
  news.on('transcription', (one) => {
    const { id, model } = one;
    if (one.state === 'begun') {
      const attributes = { 'config.model': model };
      const span = tracing.begin('transcribe', { under: requestSpan?.(id), attributes });
      transcriptions.set(id, span);
      return;
    }
    const span = transcriptions.get(id);
    transcriptions.delete(id);
    if (one.segments !== undefined) span?.setAttribute('result.segments', one.segments);
    if (span !== undefined) end(span, one.state === 'failed' ? messageOf(one.error) : undefined);
  });
}

function traceStage(tracing: Tracing, { span, stages }: JobSpans, event: PipelineEvent): void {
  if (event.type === 'progress' || event.type === 'warning') return;
  const { stage: id } = event;
  const open = stages.get(id);
  if (event.type === 'stage' && event.state === 'running') {
    if (open !== undefined) endStage(open);
    stages.set(id, { span: tracing.begin(`${id}-stage`, { under: span }), works: new Map() });
  } else if (open === undefined) {
    return;
  } else if (event.type === 'stage') {
    if (event.items !== undefined) open.span.setAttribute('result.segments', event.items);
    stages.delete(id);
    endStage(open, event.state === 'failed' ? (event.reason ?? 'failed') : undefined);
  } else if (event.type === 'retry') {
    open.span.addEvent('retry', { attempt: event.attempt });
    stages.delete(id);
    endStage(open, event.reason);
  } else {
    traceWork(tracing, open, event);
  }
}

function traceWork(
  tracing: Tracing,
  { span, works }: StageSpans,
  { work, state, model }: Extract<PipelineEvent, { type: 'work' }>,
): void {
  if (state === 'begun') {
    const attributes = { 'config.model': model };
    span.setAttributes(attributes);
    works.set(work, tracing.begin(work, { under: span, attributes }));
    return;
  }
  const done = works.get(work);
  works.delete(work);
  if (done !== undefined) end(done, state === 'failed' ? 'failed' : undefined);
}

function endStage({ span, works }: StageSpans, failure?: string): void {
  for (const work of works.values()) end(work, failure);
  end(span, failure);
}

function end(span: Span, failure?: string): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed';
}
