import type { EventEmitter } from 'node:events';
import type { LoadContext, ModelPool, Pipeline, PipelineEvent, PooledRecognizer } from 'cpw-native';
import type { ParsedServerOptions } from 'cpw-native/options';
import type { FastifyBaseLogger } from 'fastify';
import type { NotifierRequest } from './notify/notifier.js';
import type { ReportingRequest } from './reporting/error-reports.js';
import type { RunningWork } from './server/running-work.js';
import type { UploadFolder } from './server/upload-folder.js';
import type { WorkQueue } from './server/work-queue.js';

/** What happens in a server, for those who count, trace and report it. */
export interface ServiceNews {
  /** An engine begins with a request's recording, and ends; `id` is the request's. */
  transcription: [
    | { readonly state: 'begun'; readonly id: string; readonly model: string }
    | {
        readonly state: 'completed' | 'failed' | 'aborted';
        readonly id: string;
        readonly model: string;
        /** Seconds of audio, where it is known. */
        readonly durationS?: number;
        readonly elapsedS: number;
        /** Segments that came of it. */
        readonly segments?: number;
        readonly error?: unknown;
      },
  ];
  /** A job of the pipeline came to another state. */
  job: [
    {
      readonly state: 'accepted' | 'running' | 'completed' | 'failed' | 'cancelled';
      readonly id: string;
      readonly workflow: string;
      /** The media file. */
      readonly input?: string;
      /** W3C trace context of who asked for it; `JobRequest` keeps it. */
      readonly traceparent?: string;
      readonly error?: unknown;
    },
  ];
  /** News of a running job's stages. */
  stage: [{ readonly job: string; readonly correlationId: string; readonly event: PipelineEvent }];
}

/** What waits for an engine, and how much may. */
export interface QueueState {
  readonly waiting: number;
  readonly running: number;
  /** Most that may wait. */
  readonly limit: number;
}

/** The model that answers where a request names none, and how models are loaded. */
export interface ServedModel {
  readonly model: string;
  /** For `ModelPool.acquire`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How it is fetched where it is missing. */
  readonly load?: Omit<LoadContext, 'signal'>;
}

/** What the parts of the server share. */
export interface Service {
  readonly options: ParsedServerOptions;
  readonly served: ServedModel;
  /** Keys that a request may carry; none: every request is served. */
  readonly apiKeys: readonly string[];
  readonly models: ModelPool;
  /** The served model, loaded for as long as the server runs. */
  readonly recognizer: PooledRecognizer;
  readonly pipeline: Pipeline;
  /** Who is told of jobs that fail. */
  readonly notices?: NotifierRequest;
  /** Where errors are reported to. */
  readonly reporting?: ReportingRequest;
  readonly logger: FastifyBaseLogger;
  readonly news: EventEmitter<ServiceNews>;
  /** The queues by their names (transcriptions, jobs); whoever keeps one adds it. */
  readonly queues: Map<string, () => QueueState>;
  /** Who may work, and who waits: whatever keeps an engine busy for a request enters it. */
  readonly queue: WorkQueue;
  /** Where uploads lie while they are worked on. */
  readonly uploads: UploadFolder;
  /** What a server that drains waits for: requests by themselves, other work where it says so. */
  readonly running: RunningWork;
  /** Set from the moment on in which nothing new is taken. */
  readonly draining: () => boolean;
  /** Aborted at that moment, for what would not end by itself: sockets, streams of events. */
  readonly closing: AbortSignal;
  /** Aborted when what still runs has to stop. */
  readonly stopped: AbortSignal;
}
