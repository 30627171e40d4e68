import { subtitleForms, type SubtitleForm } from '../export/subtitle-forms.js';
import { jsonPieces } from '../export/transcript-schema.js';
import { txtLine } from '../export/write-transcript.js';
import { isSubtitleFormat, type SubtitleFormat, type TranscriptFormat } from '../options/output.js';
import { exportOptionsSchema } from '../options/stages.js';
import type { Segment, Transcript } from '../types.js';
import * as artefacts from './artefacts.js';
import { textsOf } from './artefacts.js';
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
    const { formats, rules } = options;
    const texts = await textsOf(inputs.segments, inputs.translations);
    // The length stands before the segments, which are then read from the file: none is held.
    const facts = { ...(await inputs.segments.head()), ...(await inputs.segments.tail()) };
    for (const [index, { language, segments }] of texts.entries()) {
      const stem = index === 0 ? job.stem : `${job.stem}.${language}`;
      const subtitles = subtitleForms(segments, { language, rules });
      for (const format of formats) {
        const text = await textOf(format, { facts: { ...facts, language }, segments, subtitles });
        await outputs.transcripts.write(`${stem}.${format}`, text, { language, format });
      }
    }
  },
});

async function textOf(
  format: TranscriptFormat,
  {
    facts,
    segments,
    subtitles,
  }: {
    readonly facts: Omit<Transcript, 'segments'>;
    readonly segments: () => AsyncIterable<Segment>;
    readonly subtitles: (format: SubtitleFormat) => Promise<SubtitleForm>;
  },
): Promise<string | AsyncIterable<string>> {
  if (isSubtitleFormat(format)) return (await subtitles(format)).text;
  return format === 'json' ? jsonPieces(facts, segments()) : txtLines(segments());
}

async function* txtLines(segments: AsyncIterable<Segment>): AsyncGenerator<string, void> {
  for await (const segment of segments) yield txtLine(segment);
}
