import { z } from 'zod';
import { downloadSchema } from './download.js';
import { recognizerOptionsSchema } from './recognizer.js';

/** What `SpeechDetector.load` accepts. */
export const speechDetectorOptionsSchema = z.strictObject({
  path: z
    .string()
    .min(1, 'is empty; give a file or leave it out')
    .optional()
    .describe('A ggml file of Silero VAD. Unset: the installed silero-vad'),
  modelsDir: recognizerOptionsSchema.shape.modelsDir,
  download: downloadSchema,
});

/** Options of `SpeechDetector.load`, every one of them optional. */
export type SpeechDetectorOptions = z.input<typeof speechDetectorOptionsSchema>;
