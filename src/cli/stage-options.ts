import type { NewJob } from '../pipeline/job.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import type { ParsedTranscribeOptions } from '../options/transcribe.js';

/** What the stages up to the transcript are told. */
export interface HeardOptions {
  readonly model: string;
  readonly recognizer: RecognizerOptions;
  readonly transcribe: ParsedTranscribeOptions;
}

/** The options of demux, vad and asr, by stage. */
export function heardStages({
  model,
  recognizer,
  transcribe,
}: HeardOptions): NonNullable<NewJob['options']> {
  const { audioTrack, ffmpeg, channels, start, end, vad } = transcribe;
  return {
    demux: { audioTrack, ffmpeg, channels },
    vad: { vad, start, end, ffmpeg, recognizer },
    asr: { model, recognizer, transcribe },
  };
}
