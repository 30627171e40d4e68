import { subtitleForms } from '../export/subtitle-forms.js';
import { subtitleGenerationOptionsSchema } from '../options/stages.js';
import { checkCues } from '../subtitles/check-cues.js';
import * as artefacts from './artefacts.js';
import { textsOf } from './artefacts.js';
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
    const { formats, rules } = options;
    for (const { language, segments } of await textsOf(inputs.segments, inputs.translations)) {
      const broken = [];
      const formOf = subtitleForms(segments, { language, rules });
      for (const format of formats) {
        const { cues, text } = await formOf(format);
        const name = `${job.stem}.${language}.${format}`;
        await outputs.subtitles.write(name, text, { language, format });
        broken.push(...checkCues(cues, rules).map((one) => ({ format, ...one })));
      }
      const report = `${JSON.stringify({ language, broken }, null, 2)}\n`;
      await outputs.reports.write(`rules.${language}.json`, report, { language });
      if (broken.length > 0) warn(keptNot(language, broken.length));
    }
    progress({ audioS: (await inputs.segments.tail()).duration });
  },
});

function keptNot(language: string, count: number): string {
  const rules = count === 1 ? '1 rule' : `${count} rules`;
  return `${language}: ${rules} could not be kept; see rules.${language}.json`;
}
