import type { TranscribeOptions } from '../../src/options/transcribe.js';
import type { Engines } from '../../src/stages/engines.js';

export function scriptedEngines(script?: {
  readonly windowMs?: number;
  readonly silent?: boolean;
  readonly fail?: (second: number) => void;
  readonly textOf?: (second: number) => string;
}): {
  readonly engines: Engines;
  readonly calls: {
    recognizer: number;
    detector: number;
    /** With the `resumeS` of its context. */
    transcribe: (TranscribeOptions & { readonly resumeS?: number })[];
    detectLanguage: number;
  };
};
