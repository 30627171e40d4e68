import type { NewJob } from 'cpw-native';
import {
  alignmentOptionsSchema,
  exportOptionsSchema,
  hallucinationOptionsSchema,
  isSubtitleFormat,
  muxStageOptionsSchema,
  recognizerOptionsSchema,
  subtitleGenerationOptionsSchema,
  transcribeOptionsSchema,
  translationOptionsSchema,
  translatorOptionsOf,
} from 'cpw-native/options';
import { z } from 'zod';
import { isServed } from '../served-models.js';
import type { Service } from '../service.js';

const heard = transcribeOptionsSchema.shape;
const translation = translationOptionsSchema.shape;
const { container, defaultTrack, dropIncompatible } =
  muxStageOptionsSchema.shape.muxer.unwrap().shape;

// A list of what may be asked for, not of what may not: an option that names a file, a program or
// an address has no way in, and neither has one that is added later.
const transcribe = z.strictObject({
  language: heard.language,
  task: heard.task,
  wordTimestamps: z
    .boolean()
    .optional()
    .describe('Gives each word its time. Unset: where subtitles are made'),
  multilingual: heard.multilingual,
  windowS: heard.windowS,
  audioTrack: heard.audioTrack,
  channels: heard.channels,
  start: heard.start,
  end: heard.end,
  beamSize: heard.beamSize,
  patience: heard.patience,
  lengthPenalty: heard.lengthPenalty,
  repetitionPenalty: heard.repetitionPenalty,
  noRepeatNgramSize: heard.noRepeatNgramSize,
  temperature: heard.temperature,
  bestOf: heard.bestOf,
  compressionRatioThreshold: heard.compressionRatioThreshold,
  logProbThreshold: heard.logProbThreshold,
  noSpeechThreshold: heard.noSpeechThreshold,
  conditionOnPreviousText: heard.conditionOnPreviousText,
  initialPrompt: heard.initialPrompt,
  hotwords: heard.hotwords,
  prefix: heard.prefix,
  suppressTokens: heard.suppressTokens,
  vad: heard.vad,
});

const modelName = z.string().min(1).max(128);

/** What a client may ask of a job: the options of stages that concern nothing but the job. */
export const jobRequestSchema = z
  .strictObject({
    workflow: z.enum(['transcribe', 'translate', 'subtitle']).default('transcribe'),
    options: z
      .strictObject({
        asr: z
          .strictObject({
            model: modelName.optional().describe("A model by name. Unset: the server's"),
            transcribe: transcribe.prefault({}),
          })
          .prefault({}),
        hallucination_removal: hallucinationOptionsSchema.prefault({}),
        alignment: alignmentOptionsSchema.prefault({}),
        translation: z
          .strictObject({
            model: modelName.default('demo').describe('A translation model by name'),
            targets: translation.targets,
            search: translation.search,
            sentences: translation.sentences,
          })
          .prefault({}),
        subtitle_generation: subtitleGenerationOptionsSchema.prefault({}),
        export: exportOptionsSchema.prefault({}),
        mux: z
          .strictObject({
            enabled: muxStageOptionsSchema.shape.enabled,
            muxer: z.strictObject({ container, defaultTrack, dropIncompatible }).prefault({}),
          })
          .prefault({}),
      })
      .prefault({})
      .describe('By stage'),
  })
  .meta({ id: 'JobRequest' });

/** A checked request. */
export type JobWish = z.output<typeof jobRequestSchema>;

/** The options of all stages: what was asked for, and what the server decides. */
export function stageOptions(
  { workflow, options }: JobWish,
  { served, options: limits }: Pick<Service, 'served' | 'options'>,
): NonNullable<NewJob['options']> {
  const { asr, translation: translate, ...others } = options;
  const { audioTrack, channels, start, vad } = asr.transcribe;
  const recognizer = served.options;
  const { model = served.model } = asr;
  const wordTimestamps = asr.transcribe.wordTimestamps ?? timesWords(workflow, options);
  // What states too little of its length keeps no engine longer than any other.
  const end = Math.min(asr.transcribe.end ?? Infinity, start + limits.maxDurationS + 1);
  return {
    demux: { audioTrack, channels },
    vad: { vad, start, end, recognizer },
    asr: {
      model: isServed(served, asr.model) ? served.model : model,
      recognizer,
      transcribe: { ...asr.transcribe, end, wordTimestamps },
    },
    ...others,
    translation: {
      ...translate,
      translator: translatorOptionsOf(recognizerOptionsSchema.parse(recognizer)),
    },
  };
}

function timesWords(
  workflow: JobWish['workflow'],
  { export: { formats } }: JobWish['options'],
): boolean {
  return workflow !== 'transcribe' || formats.some(isSubtitleFormat);
}
