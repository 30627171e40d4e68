import { alignmentOptionsSchema } from '../options/stages.js';
import { withOrderedWords } from '../text/ordered-words.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/** Brings the times of words in order, and the edges of segments to their first and last word. */
export const alignment = defineStage({
  id: 'alignment',
  version: 1,
  inputs: { segments: artefacts.heardSegments },
  outputs: { segments: artefacts.segments },
  options: alignmentOptionsSchema,
  condition: ({ options }) => (options.enabled ? undefined : 'it is switched off'),
  run: async ({ inputs, outputs, progress }) => {
    const { segments } = inputs;
    await outputs.segments.begin(await segments.head());
    let before = 0;
    for await (const segment of segments.items()) {
      const ordered = withOrderedWords(segment, before);
      before = ordered.start;
      await outputs.segments.write(ordered);
      progress({ audioS: ordered.end });
    }
    await outputs.segments.end(await segments.tail());
  },
});
