import { z } from 'zod';
import { glossaryOptionsSchema } from './glossary.js';
import { mediaShape } from './media.js';
import { muxOptionsSchema } from './mux.js';
import { subtitleFormats, transcriptFormats } from './output.js';
import { modelSchema, recognizerOptionsSchema } from './recognizer.js';
import { sentenceOptionsSchema } from './sentences.js';
import { subtitleOptionsSchema } from './subtitles.js';
import { tmdbOptionsSchema } from './tmdb.js';
import { transcribeOptionsSchema } from './transcribe.js';
import { eachOnce, translationSearchSchema } from './translate.js';
import { translationModelSchema, translatorOptionsSchema } from './translator.js';

const { audioTrack, ffmpeg, start, end } = mediaShape;
const { channels, vad } = transcribeOptionsSchema.shape;

/** Options of the demux stage. */
export const demuxOptionsSchema = z.strictObject({ audioTrack, ffmpeg, channels });

/** Options of the vad stage. */
export const vadStageOptionsSchema = z.strictObject({
  vad,
  start,
  end,
  ffmpeg,
  recognizer: recognizerOptionsSchema
    .prefault({})
    .describe('Where models are and whether they may be fetched'),
});

/** Options of the asr stage: those of `Recognizer.load` and `transcribe`, untouched. */
export const asrOptionsSchema = z.strictObject({
  model: modelSchema,
  recognizer: recognizerOptionsSchema.prefault({}).describe('Options of Recognizer.load'),
  transcribe: transcribeOptionsSchema.prefault({}).describe('Options of Recognizer.transcribe'),
  glossaryHints: glossaryOptionsSchema.shape.glossaryHints,
});

/** Options of the hallucination_removal stage. */
export const hallucinationOptionsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Look for loops. false: the stage is skipped'),
  fewestRepeats: z
    .int32()
    .min(3)
    .max(100)
    .default(3)
    .describe(
      'Equal neighbours that count as a loop where the model doubted, or nobody is so fast',
    ),
});

/** Options of the alignment stage. */
export const alignmentOptionsSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Put the times of words in order. false: the stage is skipped'),
});

/** Options of the export stage. */
export const exportOptionsSchema = z.strictObject({
  formats: z
    .array(z.enum(transcriptFormats))
    .default([...transcriptFormats])
    .describe('Forms of the transcript to write'),
  rules: subtitleOptionsSchema.prefault({}).describe('What the cues of subtitles keep to'),
});

/** Options of the translation stage. */
export const translationOptionsSchema = z.strictObject({
  model: translationModelSchema,
  targets: z
    .array(z.string().min(1))
    .max(5)
    .transform(eachOnce)
    .default([])
    .describe('Languages to translate into'),
  translator: translatorOptionsSchema.prefault({}).describe('Options of Translator.load'),
  search: translationSearchSchema.prefault({}).describe('How translations are searched for'),
  sentences: sentenceOptionsSchema.prefault({}).describe('How segments are joined'),
  glossaryEnforce: glossaryOptionsSchema.shape.glossaryEnforce,
});

/** Options of the subtitle_generation stage. */
export const subtitleGenerationOptionsSchema = z.strictObject({
  formats: z.array(z.enum(subtitleFormats)).default(['srt']).describe('Forms of the subtitles'),
  rules: subtitleOptionsSchema.prefault({}).describe('What cues keep to'),
});

/** Options of the mux stage. */
export const muxStageOptionsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Make a file with the subtitles. false: skipped'),
  muxer: muxOptionsSchema.prefault({}).describe('How the file is made'),
});

/** Options of the glossary_load stage. */
export const glossaryLoadOptionsSchema = glossaryOptionsSchema.pick({
  glossary: true,
  names: true,
});

/** Options of the tmdb stage. */
export const tmdbStageOptionsSchema = z.strictObject({
  film: tmdbOptionsSchema.prefault({}).describe('Which film it is'),
  languages: z.array(z.string()).default([]).describe('Languages of the names, beside English'),
});
