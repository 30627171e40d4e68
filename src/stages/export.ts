import { Readable } from 'node:stream';
import { subtitleForms } from '../export/subtitle-forms.js';
import { jsonPieces } from '../export/transcript-schema.js';
import { formatTranscript } from '../export/write-transcript.js';
import { exportOptionsSchema } from '../options/stages.js';
import { isSubtitleFormat, type TranscriptFormat } from '../options/output.js';
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
      const textOf = textsOf(spoken, options.rules);
      for (const format of options.formats) {
        const about = { language: spoken.language, format };
        await outputs.transcripts.write(`${name}.${format}`, textOf(format), about);
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

/** A transcript's text by its form, one after another. */
function textsOf(
  transcript: Transcript,
  rules: ParsedSubtitleOptions,
): (format: TranscriptFormat) => string | AsyncIterable<string> {
  const subtitles = subtitleForms(transcript, rules);
  return (format) => {
    if (format === 'json') return Readable.from(jsonPieces(transcript));
    return isSubtitleFormat(format)
      ? subtitles(format).text
      : formatTranscript(transcript, format, rules);
  };
}
