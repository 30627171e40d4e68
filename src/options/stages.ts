import { z } from 'zod';
import { mediaShape } from './media.js';
import { transcriptFormats } from './output.js';
import { modelSchema, recognizerOptionsSchema } from './recognizer.js';
import { transcribeOptionsSchema } from './transcribe.js';

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
});

/** Options of the translation stage. */
export const translationOptionsSchema = z.strictObject({
  model: z.string().default('').describe('The translation model: a folder'),
  targets: z.array(z.string().min(1)).max(5).default([]).describe('Languages to translate into'),
  translator: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Options of Translator.load and translateBatch'),
});

/** Options of the subtitle_generation stage. */
export const subtitleGenerationOptionsSchema = z.strictObject({
  formats: z
    .array(z.enum(['srt', 'vtt']))
    .default(['srt'])
    .describe('Forms of the subtitles'),
});

/** Options of the mux stage. */
export const muxStageOptionsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Make a file with the subtitles. false: skipped'),
  muxer: z.record(z.string(), z.unknown()).default({}).describe('Options of the muxer'),
});

/** Options of the glossary_load stage. */
export const glossaryLoadOptionsSchema = z.strictObject({
  terms: z.array(z.string().min(1)).default([]).describe('Tables of terms, TSV'),
  names: z.array(z.string().min(1)).default([]).describe('Tables of names, TSV'),
});

/** Options of the tmdb stage. */
export const tmdbOptionsSchema = z.strictObject({
  title: z.string().min(1).optional().describe("The film's title. Unset: the stage is skipped"),
  year: z.int32().min(1870).max(2200).optional().describe('The year it came out'),
});
