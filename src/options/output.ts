import { z } from 'zod';
import { subtitleOptionsSchema } from './subtitles.js';

/** The forms a transcript can be written in, in the order in which they are written. */
export const transcriptFormats = ['txt', 'srt', 'vtt', 'ass', 'json'] as const;
/** One of {@link transcriptFormats}; also the file name's extension. */
export type TranscriptFormat = (typeof transcriptFormats)[number];

/** Those of them that are subtitles, for which words are timed. */
export const subtitleFormats = ['srt', 'vtt', 'ass'] as const satisfies readonly TranscriptFormat[];
/** One of {@link subtitleFormats}. */
export type SubtitleFormat = (typeof subtitleFormats)[number];

/** True for a form of {@link subtitleFormats}. */
export function isSubtitleFormat(format: TranscriptFormat): format is SubtitleFormat {
  return subtitleFormats.some((one) => one === format);
}

/** Where and in which forms transcripts are written. */
export const outputOptionsSchema = z.strictObject({
  format: z
    .array(z.enum([...transcriptFormats, 'all']))
    .default([])
    .transform((asked) =>
      transcriptFormats.filter((format) => asked.includes('all') || asked.includes(format)),
    )
    .describe(
      'Files to write, separated by commas: <stem>.<format> for each input. ' +
        'Unset: the text goes to standard output and no file is written. ' +
        'Subtitles (srt, vtt, ass) turn wordTimestamps on',
    )
    .meta({ group: 'Output' }),
  outputDir: z
    .string()
    .min(1, 'is empty; name a folder or leave it out')
    .default('.')
    .describe('Folder of the files, made when it is missing; . is the current one')
    .meta({ group: 'Output' }),
  overwrite: z
    .boolean()
    .default(false)
    .describe('Replace files that exist. false: refuse before anything is computed')
    .meta({ group: 'Output' }),
  subtitles: subtitleOptionsSchema.prefault({}),
});

/** Options of the transcript writers, every one of them optional. */
export type OutputOptions = z.input<typeof outputOptionsSchema>;
/** {@link OutputOptions} with every default filled in and `all` spelt out. */
export type ParsedOutputOptions = z.output<typeof outputOptionsSchema>;
