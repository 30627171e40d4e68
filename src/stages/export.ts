import { Readable } from 'node:stream';
import { jsonPieces } from '../export/transcript-schema.js';
import { formatTranscript } from '../export/write-transcript.js';
import { exportOptionsSchema } from '../options/stages.js';
import type { TranscriptFormat } from '../options/output.js';
import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import type { Segment, Transcript } from '../types.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/** Writes `<stem>.<format>`, and `<stem>.<language>.<format>` for each translation. */
export const exportStage = defineStage({
  id: 'export',
  version: 1,
  inputs: { segments: artefacts.segments },
  uses: { translations: artefacts.translations },
  outputs: { transcripts: artefacts.transcripts },
  options: exportOptionsSchema,
  run: async ({ options, job, inputs, outputs }) => {
    const { segments, translations } = inputs;
    const items: artefacts.SegmentItem[] = [];
    for await (const item of segments.items()) items.push(item);
    const [head, tail] = [await segments.head(), await segments.tail()];
    const transcript: Transcript = { ...head, ...tail, segments: items };
    const write = async (spoken: Transcript, name: string): Promise<void> => {
      for (const format of options.formats) {
        const about = { language: spoken.language, format };
        await outputs.transcripts.write(
          `${name}.${format}`,
          textOf(spoken, format, options.rules),
          about,
        );
      }
    };
    await write(transcript, job.stem);
    if (translations === undefined) return;
    const byTarget = new Map<string, Segment[]>();
    for await (const { translations: placed } of translations.items()) {
      for (const [target, segment] of Object.entries(placed)) {
        const known = byTarget.get(target) ?? [];
        known.push(segment);
        byTarget.set(target, known);
      }
    }
    for (const [language, segments] of byTarget) {
      await write({ ...transcript, language, segments }, `${job.stem}.${language}`);
    }
  },
});

function textOf(
  transcript: Transcript,
  format: TranscriptFormat,
  rules: ParsedSubtitleOptions,
): string | AsyncIterable<string> {
  return format === 'json'
    ? Readable.from(jsonPieces(transcript))
    : formatTranscript(transcript, format, rules);
}
