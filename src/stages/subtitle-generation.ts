import { cuesOf } from '../subtitles/cues.js';
import { formatSrt } from '../subtitles/srt.js';
import { formatVtt } from '../subtitles/vtt.js';
import { withVoice } from '../subtitles/voice.js';
import { subtitleGenerationOptionsSchema } from '../options/stages.js';
import type { Segment } from '../types.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

const formatters = {
  srt: (segments: readonly Segment[]) => formatSrt(cuesOf(segments.map(withVoice))),
  vtt: (segments: readonly Segment[]) => formatVtt(cuesOf(segments)),
} as const;

/** `<stem>.<language>.<format>` for the spoken language and for each translation. */
export const subtitleGeneration = defineStage({
  id: 'subtitle_generation',
  version: 1,
  inputs: { segments: artefacts.segments },
  uses: { translations: artefacts.translations },
  outputs: { subtitles: artefacts.subtitles },
  options: subtitleGenerationOptionsSchema,
  run: async ({ options, job, inputs, outputs, progress }) => {
    const { segments, translations } = inputs;
    const spoken: Segment[] = [];
    for await (const segment of segments.items()) spoken.push(segment);
    const write = async (language: string, shown: readonly Segment[]): Promise<void> => {
      for (const format of options.formats) {
        const name = `${job.stem}.${language}.${format}`;
        await outputs.subtitles.write(name, formatters[format](shown), { language, format });
      }
    };
    await write((await segments.head()).language, spoken);
    if (translations !== undefined) {
      const { targets } = await translations.head();
      const byTarget = new Map(targets.map((target) => [target, [] as Segment[]]));
      for await (const { translations: placed } of translations.items()) {
        for (const [target, segment] of Object.entries(placed)) byTarget.get(target)?.push(segment);
      }
      for (const [target, shown] of byTarget) await write(target, shown);
    }
    progress({ audioS: (await segments.tail()).duration });
  },
});
