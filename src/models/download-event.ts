import type { ModelFormat } from './layout.js';

/** News of a model that is being fetched or made. Sizes are bytes. */
export type DownloadEvent =
  /** The transfer begins; `from` is the repository's address. */
  | {
      readonly type: 'fetching';
      readonly model: string;
      readonly format: ModelFormat;
      readonly from: string;
      readonly totalBytes?: number;
    }
  | {
      readonly type: 'progress';
      readonly model: string;
      readonly format: ModelFormat;
      readonly receivedBytes: number;
      readonly totalBytes?: number;
    }
  /** An attempt failed and another follows after `delayMs`. */
  | {
      readonly type: 'retry';
      readonly model: string;
      readonly attempt: number;
      readonly attempts: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** Another process works on the same model. */
  | { readonly type: 'waiting'; readonly model: string; readonly holder: string }
  /** A form is made from another, `fraction` 0..1. */
  | {
      readonly type: 'making';
      readonly model: string;
      readonly format: ModelFormat;
      readonly fraction: number;
    }
  | {
      readonly type: 'installed';
      readonly model: string;
      readonly format: ModelFormat;
      readonly path: string;
      readonly bytes: number;
      /** Files whose hash nobody knew: they are recorded as they came. */
      readonly unverified: readonly string[];
    };

/** Hears of downloads as they happen. */
export type OnDownload = (event: DownloadEvent) => void;
