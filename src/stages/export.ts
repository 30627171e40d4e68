import { formatTranscript } from '../export/write-transcript.js';
import { exportOptionsSchema } from '../options/stages.js';
import type { TranscriptFormat } from '../options/output.js';
import type { Transcript } from '../types.js';
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
        await outputs.transcripts.write(`${name}.${format}`, textOf(spoken, format), about);
      }
    };
    await write(transcript, job.stem);
    if (translations === undefined) return;
    const translated: artefacts.TranslationItem[] = [];
    for await (const item of translations.items()) translated.push(item);
    for (const language of (await translations.head()).targets) {
      await write(inLanguage(transcript, translated, language), `${job.stem}.${language}`);
    }
  },
});

function textOf(transcript: Transcript, format: TranscriptFormat): string {
  return formatTranscript(transcript, format);
}

/** What stands before a text that could not be translated: the source is never passed off as its own translation. */
const untranslatedMark = '[untranslated] ';

/** The transcript with translated text. Words have no times in another language. */
function inLanguage(
  { segments, ...rest }: Transcript,
  translated: readonly artefacts.TranslationItem[],
  language: string,
): Transcript {
  const byId = new Map(translated.map((item) => [item.id, item.translations[language]]));
  return {
    ...rest,
    language,
    segments: segments.map((spoken) => {
      const { words: _words, ...segment } = spoken;
      const found = byId.get(segment.id);
      const good = found !== undefined && found.untranslated === undefined;
      return { ...segment, text: good ? found.text : `${untranslatedMark}${segment.text}` };
    }),
  };
}
