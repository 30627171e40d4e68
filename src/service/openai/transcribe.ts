import {
  CpwError,
  mediaDuration,
  supervise,
  type Segment,
  type Transcript,
  type TranscribeOptions,
} from 'cpw-native';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../server/refusal.js';
import type { Upload } from '../server/upload.js';
import type { Place } from '../server/work-queue.js';
import type { Service, ServiceNews } from '../service.js';
import type { TranscriptionFields } from './fields.js';
import { modelId } from './models.js';

/** What is done with a recording. */
export interface Work {
  readonly file: Upload;
  readonly fields: TranscriptionFields;
  readonly task: 'transcribe' | 'translate';
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  readonly place: Place;
  readonly onSegment?: (segment: Segment) => void;
}

type News = ServiceNews['transcription'][0];

/** Refuses what says itself that it is too long. */
export async function checkDuration(
  file: Upload,
  { maxDurationS, signal }: { readonly maxDurationS: number; readonly signal: AbortSignal },
): Promise<void> {
  const durationS = await mediaDuration(file.path, { signal });
  if (durationS !== undefined && durationS > maxDurationS) throw tooLong(durationS, maxDurationS);
}

/**
 * Transcribes an upload when it is its turn, and tells the news of it. Its place is free after that:
 * a client that reads slowly keeps no engine from others.
 */
export async function transcribeUpload(work: Work, service: Service): Promise<Transcript> {
  using place = work.place;
  await place.begin(work.signal);
  return await withNews(work, service);
}

async function withNews(work: Work, service: Service): Promise<Transcript> {
  const { request, signal } = work;
  const id = request.id;
  const model = modelId(service.served);
  const begun = performance.now();
  const elapsedS = (): number => (performance.now() - begun) / 1000;
  const tell = (news: News): void => void service.news.emit('transcription', news);
  tell({ state: 'begun', id, model });
  try {
    const transcript = await run(work, service);
    const { duration: durationS } = transcript;
    const segments = transcript.segments.length;
    tell({ state: 'completed', id, model, durationS, segments, elapsedS: elapsedS() });
    const facts = { duration_seconds: elapsedS(), audio_seconds: durationS };
    request.log.info({ stage: 'asr', ...facts, segments_count: segments }, 'Processing complete');
    return transcript;
  } catch (error) {
    const state = signal.aborted ? 'aborted' : 'failed';
    tell({ state, id, model, elapsedS: elapsedS(), error });
    throw error;
  }
}

async function run(work: Work, { recognizer, options }: Service): Promise<Transcript> {
  const { file, request, onSegment } = work;
  const { maxDurationS, callStallS: stallS } = options;
  try {
    const transcript = await supervise(
      ({ signal, beat }) =>
        recognizer.transcribe(file.path, optionsOf(work, maxDurationS), {
          signal,
          onProgress: beat,
          onNote: (note) => request.log.info(note.replaceAll(file.path, file.name)),
          onSegment: (segment) => {
            beat();
            onSegment?.(segment);
          },
        }),
      { subject: 'the transcription', stallS, signal: work.signal },
    );
    if (transcript.duration > maxDurationS) throw tooLong(undefined, maxDurationS);
    return transcript;
  } catch (error) {
    throw named(error, file);
  }
}

function optionsOf(
  { fields, task }: Pick<Work, 'fields' | 'task'>,
  maxDurationS: number,
): TranscribeOptions {
  const {
    language,
    prompt,
    temperature,
    response_format: format,
    chunking_strategy: chunks,
  } = fields;
  const wordTimestamps =
    format === 'srt' || format === 'vtt' || fields['timestamp_granularities[]']?.includes('word');
  return {
    task,
    // What states too little is found out here: a second more than is taken.
    end: maxDurationS + 1,
    ...(language === undefined ? {} : { language }),
    ...(prompt === undefined ? {} : { initialPrompt: prompt }),
    ...(temperature === 0 ? {} : { temperature }),
    ...(wordTimestamps === true ? { wordTimestamps } : {}),
    ...(typeof chunks === 'object' ? { vad: vadOf(chunks) } : {}),
  };
}

function vadOf(
  chunks: Exclude<TranscriptionFields['chunking_strategy'], 'auto' | undefined>,
): NonNullable<TranscribeOptions['vad']> {
  const { threshold, prefix_padding_ms: pad, silence_duration_ms: silence } = chunks;
  return {
    ...(threshold === undefined ? {} : { threshold }),
    ...(pad === undefined ? {} : { speechPadMs: Math.round(pad) }),
    ...(silence === undefined ? {} : { minSilenceDurationMs: Math.round(silence) }),
  };
}

/** The client knows the file by the name that it gave it. */
function named(error: unknown, { path, name }: Upload): unknown {
  if (!(error instanceof CpwError) || !error.message.includes(path)) return error;
  return new CpwError(error.code, error.message.replaceAll(path, name), {
    cause: error,
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

function tooLong(durationS: number | undefined, maxDurationS: number): Refusal {
  const length = durationS === undefined ? '' : ` (${Math.round(durationS)} s)`;
  return new Refusal(
    'audio_too_long',
    `The recording${length} is longer than ${maxDurationS} s. Next step: cut it.`,
    { param: 'file' },
  );
}
