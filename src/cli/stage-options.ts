import type { z } from 'zod';
import type { ParsedGlossaryOptions } from '../options/glossary.js';
import type { translationWorkSchema } from '../options/subtitle-command.js';
import type { NewJob } from '../pipeline/job.js';
import type { RecognizerOptions } from '../options/recognizer.js';
import { translatorOptionsOf } from '../options/translator.js';
import type { ParsedTranscribeOptions } from '../options/transcribe.js';

/** What the stages up to the transcript are told. */
export interface HeardOptions {
  readonly model: string;
  readonly recognizer: RecognizerOptions;
  readonly transcribe: ParsedTranscribeOptions;
  readonly glossary?: ParsedGlossaryOptions;
}

/** The options of demux, vad and asr, by stage. */
export function heardStages({
  model,
  recognizer,
  transcribe,
  glossary,
}: HeardOptions): NonNullable<NewJob['options']> {
  const { audioTrack, ffmpeg, channels, start, end, vad } = transcribe;
  return {
    demux: { audioTrack, ffmpeg, channels },
    vad: { vad, start, end, ffmpeg, recognizer },
    asr: {
      model,
      recognizer,
      transcribe,
      ...(glossary === undefined ? {} : { glossaryHints: glossary.glossaryHints }),
    },
  };
}

/** What the stages are told that translate. */
export interface TranslatedOptions {
  /** Unset: nothing is translated. */
  readonly model: string | undefined;
  readonly targets: readonly string[];
  readonly recognizer: RecognizerOptions;
  readonly translate: z.output<typeof translationWorkSchema>;
  readonly glossary: ParsedGlossaryOptions;
}

/** The options of tmdb, glossary_load and translation, by stage. */
export function translationStages({
  model,
  targets,
  recognizer,
  translate,
  glossary,
}: TranslatedOptions): NonNullable<NewJob['options']> {
  const { translation: search, sentences, tmdb: film } = translate;
  const computeType = translate.translateComputeType;
  const translator = { ...translatorOptionsOf(recognizer), computeType };
  return {
    tmdb: { film, languages: [...targets] },
    glossary_load: { glossary: glossary.glossary, names: glossary.names },
    ...(model === undefined
      ? {}
      : {
          translation: {
            model,
            targets: [...targets],
            translator,
            search,
            sentences,
            glossaryEnforce: glossary.glossaryEnforce,
          },
        }),
  };
}
