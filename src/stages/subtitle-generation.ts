import { subtitleForms } from '../export/subtitle-forms.js';
import { subtitleGenerationOptionsSchema } from '../options/stages.js';
import { checkCues } from '../subtitles/check-cues.js';
import type { Segment, Transcript } from '../types.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/**
 * `<stem>.<language>.<format>` for the spoken language and for each translation, and a report of
 * the rules that no way of cutting could keep.
 */
export const subtitleGeneration = defineStage({
  id: 'subtitle_generation',
  version: 1,
  inputs: { segments: artefacts.segments },
  uses: { translations: artefacts.translations },
  outputs: { subtitles: artefacts.subtitles, reports: artefacts.subtitleReports },
  options: subtitleGenerationOptionsSchema,
  run: async ({ options, job, inputs, outputs, progress, warn }) => {
    const { segments, translations } = inputs;
    const head = await segments.head();
    const spoken: Segment[] = [];
    for await (const segment of segments.items()) spoken.push(segment);
    const texts = new Map<string, readonly Segment[]>([[head.language, spoken]]);
    for (const [target, shown] of await translated(translations)) texts.set(target, shown);
    const { duration } = await segments.tail();
    for (const [language, shown] of texts) {
      const transcript: Transcript = { ...head, language, duration, segments: shown };
      const broken = [];
      const formOf = subtitleForms(transcript, options.rules);
      for (const format of options.formats) {
        const { cues, text } = formOf(format);
        const name = `${job.stem}.${language}.${format}`;
        await outputs.subtitles.write(name, text, { language, format });
        broken.push(...checkCues(cues, options.rules).map((one) => ({ format, ...one })));
      }
      const report = `${JSON.stringify({ language, broken }, null, 2)}\n`;
      await outputs.reports.write(`rules.${language}.json`, report, { language });
      if (broken.length > 0)
        warn(
          `${language}: ${broken.length} ${broken.length === 1 ? 'rule' : 'rules'} could not be ` +
            `kept; see rules.${language}.json`,
        );
    }
    progress({ audioS: duration });
  },
});

async function translated(
  translations: { items(): AsyncIterable<artefacts.TranslationItem> } | undefined,
): Promise<ReadonlyMap<string, readonly Segment[]>> {
  const byTarget = new Map<string, Segment[]>();
  if (translations === undefined) return byTarget;
  for await (const { translations: placed } of translations.items()) {
    for (const [target, segment] of Object.entries(placed)) {
      const known = byTarget.get(target) ?? [];
      known.push(segment);
      byTarget.set(target, known);
    }
  }
  return byTarget;
}
